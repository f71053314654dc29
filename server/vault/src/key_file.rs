//! The key ring file: TOML that only its owner can read. It is written completely or not at all.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::MetadataExt,
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    KekState, KeyFileError, KeyRing,
    key_material::{KEY_LEN, KeyMaterial},
    key_ring::Kek,
};

const FORMAT: u32 = 1;
const MAX_FILE: u64 = 64 * 1024;
const HEAD: &str = "# Bowline's master keys. With this file and the database, anyone can read every token.\n\
     # Keep a backup apart from the database's backups: without these keys the tokens are lost.\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    format: u32,
    #[serde(default)]
    key: Vec<KeyForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    version: u32,
    state: KekState,
    created: DateTime<Utc>,
    key: SecretString,
}

impl KeyRing {
    /// Reads a key ring file, which must be a regular file of at most 64 KiB that only its owner can access.
    ///
    /// There is one exception: a file of user and group root with mode 0440. systemd passes credentials to a service in
    /// this form (`LoadCredential=`, with an access list for the service's user).
    ///
    /// # Errors
    /// [`KeyFileError`]. Apart from the file's path and mode, its text is fixed.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        Self::parse(&read_private(path)?)
    }

    /// Parses the text of a key ring.
    ///
    /// # Errors
    /// [`KeyFileError`], which repeats nothing of the text.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let form: FileForm = toml::from_str(text).map_err(|_| {
            KeyFileError::Syntax(
                "expected `format = 1` and [[key]] tables with version, state, created and key",
            )
        })?;
        if form.format != FORMAT {
            return Err(KeyFileError::Format(form.format));
        }
        let mut keks = BTreeMap::new();
        for entry in form.key {
            let version = entry.version;
            let kek = Kek {
                state: entry.state,
                created: entry.created,
                key: decode_key(&entry.key).ok_or(KeyFileError::BadKey(version))?,
            };
            if version == 0 || keks.insert(version, kek).is_some() {
                return Err(KeyFileError::Version(version));
            }
        }
        Self::assemble(keks)
    }

    /// Writes a new file with mode 0600 and syncs it to disk. It never replaces an existing file.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`], [`KeyFileError::Io`].
    pub fn create_file(&self, path: &Path) -> Result<(), KeyFileError> {
        let failed = |source| io_error(path, source);
        let (directory, file) = self.write_beside(path).map_err(failed)?;
        file.persist_noclobber(path).map_err(|error| {
            if error.error.kind() == io::ErrorKind::AlreadyExists {
                KeyFileError::Exists(path.to_owned())
            } else {
                failed(error.error)
            }
        })?;
        directory.sync_all().map_err(failed)
    }

    /// Replaces the file atomically (mode 0600, synced). A crash leaves either the old file or the new one.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn replace_file(&self, path: &Path) -> Result<(), KeyFileError> {
        let failed = |source| io_error(path, source);
        let (directory, file) = self.write_beside(path).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        directory.sync_all().map_err(failed)
    }

    /// Writes the ring to a temporary file in the same directory. The file has mode 0600 from the start.
    fn write_beside(&self, path: &Path) -> io::Result<(File, tempfile::NamedTempFile)> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let directory = File::open(parent)?;
        let mut file = tempfile::Builder::new().prefix(".keyring-").tempfile_in(parent)?;
        file.write_all(self.text().as_bytes())?;
        file.as_file().sync_all()?;
        Ok((directory, file))
    }

    /// The file's text, which is erased from memory when it is dropped.
    fn text(&self) -> Zeroizing<String> {
        // The capacity is sufficient from the start, because a growing string leaves copies of keys in memory.
        let mut text = Zeroizing::new(String::with_capacity(512 + 256 * self.keks.len()));
        text.push_str(HEAD);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "format = {FORMAT}");
        for (version, kek) in &self.keks {
            let state = match kek.state {
                KekState::Active => "active",
                KekState::DecryptOnly => "decrypt-only",
                KekState::Disabled => "disabled",
            };
            let created = kek.created.to_rfc3339_opts(SecondsFormat::Micros, true);
            let key = Zeroizing::new(STANDARD.encode(kek.key.expose()));
            let _ = write!(
                text,
                "\n[[key]]\nversion = {version}\nstate = \"{state}\"\ncreated = \"{created}\"\nkey = \"{}\"\n",
                key.as_str()
            );
        }
        text
    }
}

fn io_error(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.to_owned(), source }
}

/// Checks and reads the file. The check of the open file handle is the authoritative one.
fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let failed = |source| io_error(path, source);
    let named = fs::symlink_metadata(path).map_err(failed)?;
    if !named.is_file() {
        // This is checked before opening, because opening a named pipe would block forever.
        return Err(KeyFileError::NotRegular(path.to_owned()));
    }
    let file = File::open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if !opened.is_file() || (opened.dev(), opened.ino()) != (named.dev(), named.ino()) {
        return Err(KeyFileError::NotRegular(path.to_owned()));
    }
    let mode = opened.mode() & 0o7777;
    let systemd_credential = mode == 0o440 && opened.uid() == 0 && opened.gid() == 0;
    if mode & 0o077 != 0 && !systemd_credential {
        return Err(KeyFileError::TooOpen { path: path.to_owned(), mode });
    }
    if opened.len() > MAX_FILE {
        return Err(KeyFileError::TooLarge(path.to_owned()));
    }
    let room = usize::try_from(opened.len()).unwrap_or(0) + 1;
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Decodes a key of 32 bytes. An all-zero key is rejected, because it is a forgotten placeholder.
fn decode_key(encoded: &SecretString) -> Option<KeyMaterial> {
    let bytes = Zeroizing::new(STANDARD.decode(encoded.expose_secret()).ok()?);
    let bytes = <&[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok()?;
    bytes.iter().any(|byte| *byte != 0).then(|| KeyMaterial::copied_from(bytes))
}
