//! The location and the settings of a private Postgres.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Sets what a crash of the machine may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed: the defaults of Postgres.
    Full,
    /// Everything, because fsync is off. For tests and demos, whose data is disposable.
    None,
}

/// Options for starting a [`Cluster`](crate::Cluster).
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) directory: Option<PathBuf>,
    pub(crate) durability: Durability,
    pub(crate) max_connections: u16,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) ready_within: Duration,
    /// The primary from which a new directory is copied; `None` creates an empty cluster.
    pub(crate) primary: Option<String>,
}

impl Options {
    /// A cluster in `directory`, which is created if it does not exist. The data is in `directory/data`.
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

    /// A cluster in [`default_directory`](Self::default_directory).
    pub fn persistent() -> Self {
        Self::in_directory(Self::default_directory())
    }

    /// A cluster whose files are deleted when it stops, and which does not survive a crash of the machine.
    pub fn temporary() -> Self {
        Self { directory: None, durability: Durability::None, ..Self::in_directory(PathBuf::new()) }
    }

    /// `/var/lib/bowline/postgres` for root, because Postgres then runs as another user who cannot enter root's 0700
    /// home. Otherwise `bowline/postgres` in the user's data directory (XDG Base Directory Specification).
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

    /// Sets what a crash of the machine may lose.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets the maximum number of connections; the default is 200.
    #[must_use]
    pub fn max_connections(mut self, connections: u16) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets any other Postgres setting. The last value for a name wins, even over the settings made by this crate.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Sets how long to wait until Postgres is ready; the default is one minute. Crash recovery can take longer.
    #[must_use]
    pub fn ready_within(mut self, limit: Duration) -> Self {
        self.ready_within = limit;
        self
    }

    /// All settings for the command line; later ones override earlier ones.
    pub(crate) fn into_settings(self, socket: &Path) -> Vec<(String, String)> {
        let mut settings: Vec<(String, String)> = [
            ("listen_addresses", ""),
            ("unix_socket_permissions", "0700"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
            // A failed statement, its message and the affected row contain user data. They are meant for the client
            // that sent the statement and not for a log file, so the log contains only server messages (LOG, FATAL,
            // PANIC).
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
