//! The time that transactions wait for a connection.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Histogram};

/// The measurements of this process's connection pool.
pub struct PoolMetrics {
    wait: Histogram,
    failures: Counter,
}

/// The measurements of this process's connection pool.
pub fn database() -> &'static PoolMetrics {
    static DATABASE: LazyLock<PoolMetrics> = LazyLock::new(|| PoolMetrics {
        wait: metrics::histogram!("bowline_database_connection_wait_seconds"),
        failures: metrics::counter!("bowline_database_connection_failures_total"),
    });
    &DATABASE
}

impl PoolMetrics {
    /// Records that a connection was obtained after `elapsed`, or was not.
    pub fn waited(&self, elapsed: Duration, had: bool) {
        self.wait.record(elapsed);
        if !had {
            self.failures.increment(1);
        }
    }
}
