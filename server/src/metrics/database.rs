//! How long transactions wait for their connection.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Histogram};

/// The measurements of the pool of this process.
pub struct Database {
    wait: Histogram,
    failures: Counter,
}

/// The one of this process.
pub fn database() -> &'static Database {
    static DATABASE: LazyLock<Database> = LazyLock::new(|| Database {
        wait: metrics::histogram!("bowline_database_connection_wait_seconds"),
        failures: metrics::counter!("bowline_database_connection_failures_total"),
    });
    &DATABASE
}

impl Database {
    /// A connection was had after `elapsed`, or was not.
    pub fn waited(&self, elapsed: Duration, had: bool) {
        self.wait.record(elapsed);
        if !had {
            self.failures.increment(1);
        }
    }
}
