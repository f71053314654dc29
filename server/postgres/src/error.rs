//! What can go wrong with a private Postgres, in words an operator can act on.

use std::io;
use std::path::PathBuf;

/// Why a private Postgres could not be started, asked or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No directory on this machine holds `initdb`, `postgres` and `psql` of a version that will do.
    #[error("no Postgres {oldest} or newer on this machine; {hint}", oldest = crate::OLDEST_MAJOR, hint = crate::INSTALL_HINT)]
    NoBinaries,
    /// The data was written by another major version, which is not installed here.
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
    /// Another process holds this directory.
    #[error("another process runs the Postgres in {}; stop it first, or choose another directory", .0.display())]
    InUse(PathBuf),
    /// A Postgres that nobody supervises any more still runs in this directory and does not stop.
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
        /// The verb.
        what: &'static str,
        /// The path.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A program could not be run at all.
    #[error("cannot run {program}")]
    Spawn {
        /// Its path.
        program: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A program ran and failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// What it said, shortened to its last lines.
        output: String,
    },
    /// Postgres runs and did not become ready in time.
    #[error("Postgres was not ready after {seconds} seconds; its log: {log}")]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// The last lines of its log.
        log: String,
    },
    /// Postgres could not be told to stop.
    #[error("cannot stop Postgres")]
    Stop(#[source] io::Error),
}

impl Error {
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

/// At most the last `lines` lines, so that an error stays readable.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
