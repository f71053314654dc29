//! The demo's files: its data, its settings, and what other programs need to reach it.

use std::fs::{self, DirBuilder, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_postgres::Options;
use tempfile::{NamedTempFile, TempDir};

/// The demo's directory.
#[derive(Debug)]
pub enum Place {
    /// Deleted when the demo ends.
    Temporary(TempDir),
    /// Kept for the next time.
    Kept(PathBuf),
}

impl Place {
    /// Creates the directory for this account only. If root runs the demo, Postgres runs as another account, which must
    /// be able to pass through to its own directory. That account cannot list the directory, and all files are private.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn prepare(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = keep else {
            let private = Permissions::from_mode(0o700);
            let made = tempfile::Builder::new().prefix("bowline-demo-").permissions(private).tempdir();
            return Ok(Self::Temporary(made.context("cannot make a directory for the demo")?));
        };
        let cannot = || format!("cannot make {}", path.display());
        let mode = if nix::unistd::geteuid().is_root() { 0o711 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(path).with_context(cannot)?;
        Ok(Self::Kept(path.canonicalize()?))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(directory) => directory.path(),
            Self::Kept(path) => path,
        }
    }

    /// The directory, if it is kept.
    pub fn kept(&self) -> Option<&Path> {
        match self {
            Self::Temporary(_) => None,
            Self::Kept(path) => Some(path),
        }
    }

    /// The options that say where Postgres keeps its data.
    pub(crate) fn cluster(&self) -> Options {
        match self {
            Self::Temporary(_) => Options::temporary(),
            Self::Kept(path) => Options::in_directory(path.join("postgres")),
        }
    }

    /// Deletes the directory if it is temporary.
    pub(crate) fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Temporary(directory) => directory.close().context("cannot delete the demo's files"),
            Self::Kept(_) => Ok(()),
        }
    }
}

/// The demo's own file, with its secrets.
pub(crate) fn seed_file(place: &Path) -> PathBuf {
    place.join("demo.json")
}

/// The settings for `bowline-server --config`.
pub(crate) fn settings_file(place: &Path) -> PathBuf {
    place.join("bowline.toml")
}

/// The master keys.
pub(crate) fn key_ring(place: &Path) -> PathBuf {
    place.join("keys.toml")
}

/// The certificate authority of the simulated Dropbox.
pub(crate) fn ca_file(place: &Path) -> PathBuf {
    place.join("dropbox-ca.crt")
}

/// The authority of the simulated Dropbox, together with those that this machine trusts.
pub(crate) fn ca_bundle(place: &Path) -> PathBuf {
    place.join("ca-bundle.crt")
}

/// Replaces a file atomically, readable by this account alone.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let directory = path.parent().with_context(cannot)?;
    // Temporary files are created with mode 0600.
    let mut file = NamedTempFile::new_in(directory).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}

/// Reads a file that may not exist.
pub(crate) fn read_if_there(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
