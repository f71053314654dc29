//! The time that transactions wait for a connection.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Histogram};

/// The measurements of this process's connection pool.
pub struct Database {
    wait: Histogram,
    failures: Counter,
}

/// The measurements of this process.
pub fn database() -> &'static Database {
    static DATABASE: LazyLock<Database> = LazyLock::new(|| Database {
        wait: metrics::histogram!("bowline_database_connection_wait_seconds"),
        failures: metrics::counter!("bowline_database_connection_failures_total"),
    });
    &DATABASE
}

impl Database {
    /// Records that a connection was obtained after `elapsed`, or was not.
    pub fn waited(&self, elapsed: Duration, had: bool) {
        self.wait.record(elapsed);
        if !had {
            self.failures.increment(1);
        }
    }
}
