//! The directories for files, and creating private directories that nobody else can read.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy as _, choose_base_strategy};

use super::ConfigError;

/// The directories of the client.
#[derive(Debug, Clone)]
pub struct Dirs {
    /// The directory of `config.toml`, which the operator may edit.
    pub config: PathBuf,
    /// The directory of the session tokens, mode 0700.
    pub sessions: PathBuf,
}

impl Dirs {
    /// Uses `given` if there is one, otherwise the platform's directories (`~/.config`, `~/.local/state`).
    pub fn find(given: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(dir) = given {
            return Ok(Self { config: dir.to_owned(), sessions: dir.join("sessions") });
        }
        let base = choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self { config: base.config_dir().join("bowline"), sessions: state.join("bowline/sessions") })
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }
}

/// Creates a directory with mode 0700 if it is missing. Rejects a symbolic link and a directory that is open to others.
pub fn private_dir(path: &Path) -> Result<(), ConfigError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| ConfigError::io(path, e))?;
    let meta = fs::symlink_metadata(path).map_err(|e| ConfigError::io(path, e))?;
    let refuse = |why| Err(ConfigError::Unsafe { path: path.display().to_string(), why });
    if !meta.is_dir() {
        return refuse("not a real directory (a symbolic link?)");
    }
    if meta.permissions().mode() & 0o077 != 0 {
        return refuse("other users may read it (chmod 700 fixes that)");
    }
    Ok(())
}
