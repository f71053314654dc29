//! Checks of audit logs, which read and hash every entry: one at a time in each process, in pieces with a rest after each.

use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::domain::{Code, Result};
use crate::metrics::{self, Limit};

/// When another check may be tried. How long the one under way takes is not known before it has ended.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// The longest rest after a piece.
const LONGEST_REST: Duration = Duration::from_millis(100);

/// Whether a log is being checked.
pub struct LogChecks(Semaphore);

impl Default for LogChecks {
    fn default() -> Self {
        Self(Semaphore::const_new(1))
    }
}

/// The right to check a log; given back when it is dropped.
pub struct Turn<'a> {
    _place: SemaphorePermit<'a>,
    piece_began: Instant,
}

impl LogChecks {
    /// The one turn, if nobody has it.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn turn(&self) -> Result<Turn<'_>> {
        let Ok(place) = self.0.try_acquire() else {
            metrics::limited(Limit::LogCheck);
            let detail = "a log is being checked already; try again when that check has ended";
            return Err(Code::RateLimited.because(detail).retry_after(RETRY_AFTER).into());
        };
        Ok(Turn { _place: place, piece_began: Instant::now() })
    }
}

impl Turn<'_> {
    /// Rests for as long as the piece before took, so that a check uses half of one core and of one connection at most.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.piece_began.elapsed().min(LONGEST_REST)).await;
        self.piece_began = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_is_free_again_once_a_check_has_ended() {
        let checks = LogChecks::default();
        let turn = checks.turn().unwrap();
        assert_eq!(checks.turn().err().unwrap().code(), Code::RateLimited);
        drop(turn);
        assert!(checks.turn().is_ok());
    }
}
