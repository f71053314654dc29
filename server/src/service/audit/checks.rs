//! Checks of audit logs. A check reads and hashes every entry. Each process runs one at a time, in pieces with a pause
//! after each.

use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::domain::{Code, Result};
use crate::metrics::{self, LimitKind};

/// When another check may be attempted. It is not known how long the current one will take.
const RETRY_CHECK_AFTER: Duration = Duration::from_secs(5);
/// The longest pause after a piece.
const LONGEST_CHECK_REST: Duration = Duration::from_millis(100);

/// Whether a log is being checked.
pub struct LogChecks(Semaphore);

impl Default for LogChecks {
    fn default() -> Self {
        Self(Semaphore::const_new(1))
    }
}

/// The permission to check a log. It ends when dropped.
pub struct CheckTurn<'a> {
    _place: SemaphorePermit<'a>,
    piece_began: Instant,
}

impl LogChecks {
    /// Takes the permission, unless a check is running.
    ///
    /// # Errors
    /// `rate_limited` if a check is running.
    pub fn turn(&self) -> Result<CheckTurn<'_>> {
        let Ok(place) = self.0.try_acquire() else {
            metrics::limited(LimitKind::LogCheck);
            let detail = "a log is being checked already; try again when that check has ended";
            return Err(Code::RateLimited.because(detail).retry_after(RETRY_CHECK_AFTER).into());
        };
        Ok(CheckTurn { _place: place, piece_began: Instant::now() })
    }
}

impl CheckTurn<'_> {
    /// Pauses for as long as the last piece took, so that a check uses at most half of one core and one connection.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.piece_began.elapsed().min(LONGEST_CHECK_REST)).await;
        self.piece_began = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_check_may_begin_once_a_check_has_ended() {
        let checks = LogChecks::default();
        let turn = checks.turn().unwrap();
        assert_eq!(checks.turn().err().unwrap().code(), Code::RateLimited);
        drop(turn);
        assert!(checks.turn().is_ok());
    }
}
