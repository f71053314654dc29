//! The time that a search may take.

use std::time::Duration;

use tokio::time::Instant;

/// The time that a search may take, over all its statements.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    until: Instant,
    /// Whether there is time for more than the lookup of whole values and beginnings.
    pub(super) is_for_parts: bool,
}

impl Budget {
    /// A budget that begins now. Without any time, only whole values and beginnings are looked up.
    pub fn of(time: Duration) -> Self {
        // Looking values up takes a few milliseconds; the limit is for conditions that nearly no account meets.
        const LOOKUP: Duration = Duration::from_secs(1);
        let is_for_parts = !time.is_zero();
        Self { until: Instant::now() + if is_for_parts { time } else { LOOKUP }, is_for_parts }
    }

    pub(super) fn left(self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}
