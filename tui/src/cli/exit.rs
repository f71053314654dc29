//! Exit codes: scripts can distinguish the kinds of failure.

use std::process::ExitCode;

use crate::client::Failure;
use crate::config::ConfigError;
use crate::export::ExportError;

/// The documented ways in which a command completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The command succeeded.
    Success,
    /// `audit verify` found the log broken.
    LogBroken,
}

impl From<Outcome> for ExitCode {
    fn from(ended: Outcome) -> Self {
        Self::from(match ended {
            Outcome::Success => 0,
            Outcome::LogBroken => 8,
        })
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The server refused, failed or did not answer.
    #[error(transparent)]
    Api(#[from] Failure),
    /// A file on this machine could not be used.
    #[error("{}", causes_in_line(.0))]
    Config(#[from] ConfigError),
    /// The server does not accept the API key of a tenant, or not any more.
    #[error("the server does not accept this API key: {0}")]
    KeyRefused(String),
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// The operator did not confirm.
    #[error("nothing was done: {0}")]
    NotConfirmed(String),
    /// Input or output failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A signal or ctrl-c ended a question; the exit code.
    #[error("ended")]
    Ended(u8),
    /// Any other failure.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Api(failure) => failure.into(),
            ExportError::Io(error) => error.into(),
            incomplete @ ExportError::Incomplete => Self::Other(incomplete.into()),
        }
    }
}

impl CliError {
    /// The exit code; `bowline --help` lists them.
    pub fn code(&self) -> u8 {
        match self {
            _ if self.is_broken_pipe() => bowline_stdio::CLOSED_PIPE,
            Self::Usage(_)
            | Self::Config(ConfigError::UnknownContext(_) | ConfigError::BadContextName(_)) => 2,
            Self::Ended(code) => *code,
            Self::KeyRefused(_)
            | Self::Api(Failure::Unauthorised(_) | Failure::CodeRequired(_) | Failure::Unproven(_)) => 3,
            Self::Api(Failure::Forbidden(_)) => 4,
            Self::Api(Failure::NotFound(_)) => 5,
            Self::Api(Failure::Refused(_) | Failure::Unsupported { .. }) => 6,
            Self::Api(Failure::Unreachable(_) | Failure::Busy { .. } | Failure::Server { .. }) => 7,
            Self::NotConfirmed(_) | Self::Api(Failure::ReadOnly) => 9,
            Self::Api(Failure::Malformed(_)) | Self::Config(_) | Self::Io(_) | Self::Other(_) => 1,
        }
    }

    /// Whether the reader of the output has stopped reading, which is not worth a message.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// The error and its causes in one line.
fn causes_in_line(error: &ConfigError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
