//! Where a private Postgres lives and how it is set.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed: Postgres's own defaults.
    Full,
    /// Everything: no fsync. For tests and demos, whose data is made up.
    None,
}

/// How to start a [`Cluster`](crate::Cluster).
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) directory: Option<PathBuf>,
    pub(crate) durability: Durability,
    pub(crate) max_connections: u16,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) ready_within: Duration,
    /// What a new directory is copied from, instead of being made empty.
    pub(crate) primary: Option<String>,
}

impl Options {
    /// A cluster kept in `directory`, which is made when it does not exist; data lies in `directory/data`.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: Some(directory.into()),
            durability: Durability::Full,
            max_connections: 200,
            settings: Vec::new(),
            ready_within: Duration::from_mins(1),
            primary: None,
        }
    }

    /// A cluster kept in [`default_directory`](Self::default_directory).
    pub fn persistent() -> Self {
        Self::in_directory(Self::default_directory())
    }

    /// A cluster whose files are deleted when it stops, and which survives no crash of the machine.
    pub fn temporary() -> Self {
        Self { directory: None, durability: Durability::None, ..Self::in_directory(PathBuf::new()) }
    }

    /// `/var/lib/bowline/postgres` as root, because Postgres then runs as another user who cannot look below a 0700 home;
    /// else `bowline/postgres` in the user's data directory (XDG Base Directory Specification).
    pub fn default_directory() -> PathBuf {
        if nix::unistd::geteuid().is_root() {
            return Path::new("/var/lib/bowline/postgres").to_owned();
        }
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data = absolute("XDG_DATA_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
            .unwrap_or_else(std::env::temp_dir);
        data.join("bowline/postgres")
    }

    /// What a crash of the machine may cost.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many connections Postgres accepts; 200 unless told.
    #[must_use]
    pub fn max_connections(mut self, connections: u16) -> Self {
        self.max_connections = connections;
        self
    }

    /// Any other Postgres setting; the last one for a name wins, also over those made here.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// How long to wait until Postgres answers; a minute unless told. Recovery after a crash can take longer.
    #[must_use]
    pub fn ready_within(mut self, limit: Duration) -> Self {
        self.ready_within = limit;
        self
    }

    /// All settings for the command line, later ones winning.
    pub(crate) fn into_settings(self, socket: &Path) -> Vec<(String, String)> {
        let mut settings: Vec<(String, String)> = [
            ("listen_addresses", ""),
            ("unix_socket_permissions", "0700"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
            // A failed statement, its message and the row it failed on hold what users wrote. They are for the client that
            // sent it and not for a log file, which keeps what Postgres says about itself (LOG, FATAL, PANIC).
            ("log_min_messages", "log"),
            ("log_min_error_statement", "panic"),
            ("log_error_verbosity", "terse"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        settings.push(("unix_socket_directories".to_owned(), socket.display().to_string()));
        settings.push(("max_connections".to_owned(), self.max_connections.to_string()));
        if self.durability == Durability::None {
            for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                settings.push((name.to_owned(), "off".to_owned()));
            }
        }
        settings.extend(self.settings);
        settings
    }
}
