//! Errors of loading keys and of sealing and opening secrets.

use std::{io, path::PathBuf};

/// An error of sealing, opening, wrapping or unwrapping.
///
/// No variant contains key material, plaintext or ciphertext, so every variant may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The ciphertext was not sealed for this context.
    ///
    /// A wrong key, a flipped bit, a moved row, an edited owner and an old generation all give this error.
    /// Distinguishing them would only help an attacker.
    #[error("the sealed value does not belong here or was changed")]
    Integrity,
    /// The bytes are not an envelope of a known version and algorithm, or are too short.
    #[error("the sealed value is not in a known format")]
    Malformed,
    /// The envelope needs a version of the data key that is not loaded.
    ///
    /// Another replica may just have rotated the key: load the tenant's keys again, once.
    #[error("data key version {0} is not loaded")]
    UnknownDataKey(u32),
    /// The key ring has no key of this version.
    #[error("key ring version {0} does not exist")]
    UnknownKek(u32),
    /// The key of this version in the ring is disabled.
    #[error("key ring version {0} is disabled")]
    KekDisabled(u32),
    /// The stored check value belongs to another key, so this is the wrong key ring.
    #[error("key ring version {0} is not the key that this database was sealed with")]
    WrongKek(u32),
    /// The data keys belong to several tenants, or the current version is missing.
    #[error("the data keys given do not form one tenant's set")]
    KeySet,
    /// The value has more than [`MAX_PLAINTEXT`](crate::MAX_PLAINTEXT) bytes.
    #[error("a value of {0} bytes is too large to be sealed")]
    TooLarge(usize),
    /// The value opened successfully but is not UTF-8.
    #[error("the sealed value is not text")]
    NotText,
    /// The operating system returned no random bytes.
    #[error("the operating system gave no randomness")]
    Entropy,
}

/// An error of reading, parsing or writing a key ring. It contains paths and reasons, never the file's contents.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A file system operation failed.
    #[error("key ring {path}: {source}")]
    Io {
        /// The key ring file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The path is a symbolic link, or not a regular file.
    #[error("key ring {0} must be a regular file, not a link, pipe, device or directory")]
    NotRegular(PathBuf),
    /// Users other than the owner can read or write the file.
    #[error("key ring {path} has mode {mode:04o}: only its owner may have access (chmod 600)")]
    TooOpen {
        /// The key ring file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is larger than any valid key ring.
    #[error("key ring {0} is larger than 64 KiB")]
    TooLarge(PathBuf),
    /// The file already exists. Existing keys are never overwritten.
    #[error("key ring {0} exists already and is left as it is")]
    Exists(PathBuf),
    /// The file is not TOML of the expected shape. The message is fixed, because the parser's would quote keys.
    #[error("the key ring is not valid: {0}")]
    Syntax(&'static str),
    /// The format is unknown to this version of the program.
    #[error("the key ring has format {0}; this program knows format 1")]
    Format(u32),
    /// A key version is 0 or occurs twice.
    #[error("the key ring has a bad or repeated key version {0}")]
    Version(u32),
    /// A key is not base64 of exactly 32 bytes, or is all zero.
    #[error("the key of version {0} in the key ring is not 32 random bytes in base64")]
    BadKey(u32),
    /// The number of active keys is not one.
    #[error("the key ring has {0} active keys; it must have exactly one")]
    ActiveKeys(usize),
    /// A key could not be created or changed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
