//! What is kept on the operator's disk: contexts and taste in one file, each session's token in its own.

mod dirs;
mod file;
mod session;

pub use dirs::{Dirs, private_dir};
pub use file::{Config, Context, is_context_name};
pub use session::{Session, forget, load, save};

/// Why something on the operator's disk could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The system gave no home directory.
    #[error("no home directory is known; set BOWLINE_CONFIG_DIR")]
    NoHome,
    /// The operating system refused.
    #[error("{path}")]
    Io {
        /// What was touched.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The configuration is not what it should be.
    #[error("{path} is not a valid configuration")]
    Invalid {
        /// The file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// Others could read or replace what is kept there.
    #[error("{path}: {why}; nothing is read from there")]
    Unsafe {
        /// What was looked at.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No context has that name.
    #[error("no context {0:?}; make one with: bowline login --server URL --name NAME --context {0}")]
    UnknownContext(String),
    /// A name that cannot be a context's.
    #[error("{0:?} cannot be a context's name: use 1 to 64 letters, digits, '.', '_' and '-'")]
    BadContextName(String),
}

impl ConfigError {
    fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}
