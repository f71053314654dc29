//! What can go wrong when keys are loaded and secrets are sealed or opened.

use std::{io, path::PathBuf};

/// A failure to seal, open, wrap or unwrap.
///
/// No variant carries key material, plaintext or ciphertext, so all of them may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The ciphertext is not what was sealed for this context.
    ///
    /// Wrong key, flipped bit, moved row, edited owner and old generation all end here: telling
    /// them apart would help nobody but the one who is trying them.
    #[error("the sealed value does not belong here or was changed")]
    Integrity,
    /// The bytes are no envelope of a known version and algorithm, or too short to be one.
    #[error("the sealed value is not in a known format")]
    Malformed,
    /// The envelope names a data key version that was not given.
    ///
    /// Another replica may have rotated a moment ago: load the tenant's keys again, once.
    #[error("data key version {0} is not loaded")]
    UnknownDataKey(u32),
    /// The key ring has no key of this version.
    #[error("key ring version {0} does not exist")]
    UnknownKek(u32),
    /// The key ring's key of this version may not be used any more.
    #[error("key ring version {0} is disabled")]
    KekDisabled(u32),
    /// The stored check value was made by another key: this is the wrong key ring.
    #[error("key ring version {0} is not the key that this database was sealed with")]
    WrongKek(u32),
    /// A set of data keys is not one tenant's, or lacks its current version.
    #[error("the data keys given do not form one tenant's set")]
    KeySet,
    /// More than [`MAX_PLAINTEXT`](crate::MAX_PLAINTEXT) bytes were to be sealed.
    #[error("a value of {0} bytes is too large to be sealed")]
    TooLarge(usize),
    /// A value opened as text is authentic, and is not UTF-8.
    #[error("the sealed value is not text")]
    NotText,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Entropy,
}

/// A key ring that cannot be read, understood or written. Shows paths and reasons, never contents.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system refused.
    #[error("key ring {path}: {source}")]
    Io {
        /// The key ring file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The path is a symbolic link, or not a regular file.
    #[error("key ring {0} must be a regular file, not a link, pipe, device or directory")]
    NotRegular(PathBuf),
    /// The file can be read or written by others than its owner.
    #[error("key ring {path} has mode {mode:04o}: only its owner may have access (chmod 600)")]
    TooOpen {
        /// The key ring file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is larger than any key ring.
    #[error("key ring {0} is larger than 64 KiB")]
    TooLarge(PathBuf),
    /// The file already exists; keys are never overwritten by new ones.
    #[error("key ring {0} exists already and is left as it is")]
    Exists(PathBuf),
    /// Not TOML of the expected shape. The text is a fixed one, for the parser would quote keys.
    #[error("the key ring is not valid: {0}")]
    Syntax(&'static str),
    /// A format this program does not know.
    #[error("the key ring has format {0}; this program knows format 1")]
    Format(u32),
    /// Two keys of one version, or version 0.
    #[error("the key ring has a bad or repeated key version {0}")]
    Version(u32),
    /// A key is not base64 of exactly 32 bytes, or is all zero.
    #[error("the key of version {0} in the key ring is not 32 random bytes in base64")]
    BadKey(u32),
    /// Not exactly one key is active.
    #[error("the key ring has {0} active keys; it must have exactly one")]
    ActiveKeys(usize),
    /// The key ring could not be made or changed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
