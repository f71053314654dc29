//! The files on the operator's disk: one for the configuration, and one per session token.

mod dirs;
mod file;
mod keyring;
mod session;
mod session_store;

pub use dirs::{Dirs, private_dir};
pub use file::{Config, Context, is_context_name};
pub use keyring::Keyring;
pub use session::{SavedSession, Session, delete, load, save};
pub use session_store::SessionStore;

/// Why a file on the operator's disk could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The system reported no home directory.
    #[error("no home directory is known; set BOWLINE_CONFIG_DIR")]
    NoHome,
    /// The operating system refused.
    #[error("{path}")]
    Io {
        /// The file or directory.
        path: String,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The configuration file is invalid.
    #[error("{path} is not a valid configuration")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong with the configuration, and where.
        source: Box<toml::de::Error>,
    },
    /// Other users could read or replace the file.
    #[error("{path}: {why}; it is not used")]
    Unsafe {
        /// The file or directory.
        path: String,
        /// What is wrong with the file.
        why: &'static str,
    },
    /// There is no context with this name.
    #[error("no context {0:?}; create one with: bowline login --server URL --name NAME --context {0}")]
    UnknownContext(String),
    /// The text is not a valid context name.
    #[error("{0:?} cannot be a context name: use 1 to 64 letters, digits, '.', '_' and '-'")]
    BadContextName(String),
}

impl ConfigError {
    fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}
