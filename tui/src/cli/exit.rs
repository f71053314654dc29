//! How commands end: every failure has an exit code that scripts can decide by.

use std::process::ExitCode;

use crate::client::Failure;
use crate::config::ConfigError;

/// How a command ends well, or at least as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// `audit verify` found the log broken.
    LogBroken,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Done => 0,
            Ended::LogBroken => 8,
        })
    }
}

/// Why a command could not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The server, or the way there.
    #[error(transparent)]
    Api(#[from] Failure),
    /// The files of this machine.
    #[error("{}", chain(.0))]
    Config(#[from] ConfigError),
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// Nobody confirmed.
    #[error("nothing was done: {0}")]
    NotConfirmed(String),
    /// Output or input.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Fault {
    /// The exit code; `bowline --help` lists them.
    pub fn code(&self) -> u8 {
        match self {
            _ if self.is_broken_pipe() => bowline_stdio::CLOSED_PIPE,
            Self::Usage(_) => 2,
            Self::Api(Failure::Unauthorised(_)) => 3,
            Self::Api(Failure::Forbidden(_)) => 4,
            Self::Api(Failure::NotFound(_)) => 5,
            Self::Api(Failure::Refused(_)) => 6,
            Self::Api(Failure::Unreachable(_) | Failure::Busy { .. } | Failure::Server { .. }) => 7,
            Self::NotConfirmed(_) | Self::Api(Failure::ReadOnly) => 9,
            Self::Api(Failure::Malformed(_)) | Self::Config(_) | Self::Io(_) | Self::Other(_) => 1,
        }
    }

    /// Whether whoever read our output has stopped reading: no reason to complain.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// The error with its causes in one line.
fn chain(error: &ConfigError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
