//! Where files are kept, and directories that nobody else can look into.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy as _, choose_base_strategy};

use super::ConfigError;

/// The two places where files are kept.
#[derive(Debug, Clone)]
pub struct Dirs {
    /// Holds `config.toml`, which is the operator's own.
    pub config: PathBuf,
    /// Holds the sessions' tokens; 0700.
    pub sessions: PathBuf,
}

impl Dirs {
    /// Below `given` if it is given, else where the platform wants them (`~/.config`, `~/.local/state`).
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

/// Makes a directory of mode 0700 where there is none, and refuses one that is a link or open to others.
pub fn private_dir(path: &Path) -> Result<(), ConfigError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| ConfigError::io(path, e))?;
    let meta = fs::symlink_metadata(path).map_err(|e| ConfigError::io(path, e))?;
    let refuse = |why| Err(ConfigError::Unsafe { path: path.display().to_string(), why });
    if !meta.is_dir() {
        return refuse("not a directory of its own (a link?)");
    }
    if meta.permissions().mode() & 0o077 != 0 {
        return refuse("others may look into it (chmod 700 mends that)");
    }
    Ok(())
}
