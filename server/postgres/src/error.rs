//! Errors of a private Postgres, with messages that an operator can act on.

use std::io;
use std::path::PathBuf;

/// Why a private Postgres could not be started, queried or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No directory on this machine contains `initdb`, `postgres` and `psql` of a supported version.
    #[error("no Postgres {oldest} or newer is installed on this machine; {hint}", oldest = crate::OLDEST_MAJOR, hint = crate::INSTALL_HINT)]
    NoBinaries,
    /// The data was written by another major version, which is not installed.
    #[error(
        "the data in {} belongs to Postgres {wanted}, which is not installed here; install it, or `pg_upgrade` the data",
        .data.display()
    )]
    OtherMajor {
        /// The data directory.
        data: PathBuf,
        /// The major version that wrote it.
        wanted: u32,
    },
    /// Another process uses this directory.
    #[error("another process runs the Postgres in {}; stop it first, or choose another directory", .0.display())]
    InUse(PathBuf),
    /// A Postgres whose parent was killed still runs in this directory and does not stop.
    #[error("a Postgres left over from an earlier run (process {pid}) still holds {}", .data.display())]
    LeftOver {
        /// The data directory.
        data: PathBuf,
        /// The process id of that Postgres.
        pid: i32,
    },
    /// A directory or file could not be prepared.
    #[error("cannot {what} {}", .path.display())]
    File {
        /// The operation that failed, as a verb.
        what: &'static str,
        /// The path of the file or directory.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot run {program}")]
    Spawn {
        /// The program's path.
        program: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program's name.
        program: &'static str,
        /// The last lines of its output.
        output: String,
    },
    /// Postgres did not become ready in time.
    #[error("Postgres was not ready after {seconds} seconds; its log: {log}")]
    NotReady {
        /// How long the caller waited, in seconds.
        seconds: u64,
        /// The last lines of the Postgres log.
        log: String,
    },
    /// Postgres could not be stopped.
    #[error("cannot stop Postgres")]
    Stop(#[source] io::Error),
}

impl Error {
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

/// The last `lines` lines, so that an error message stays readable.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
