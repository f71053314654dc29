//! Keeps those who are refused, and go on at once, from taking the machine away from the others: an answer costs it, too.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::pace::{Meter, Pace};
use crate::domain::Result;

/// Refusals that are answered at once, each second, and all at once after a quiet time.
const AT_ONCE: (u32, u32) = (20, 100);
/// How many milliseconds the others wait: each for another time. Clients that were refused together would come back together, and use up at
/// once, with all of their connections, what their limit lets through meanwhile.
const DELAY: RangeInclusive<u64> = 50..=950;
/// How many may wait; a flood over more connections than these is the edge proxy's to stop.
const WAITING: usize = 4096;

/// The pace at which this process refuses callers for one reason.
pub struct Refusals {
    at_once: Option<Meter>,
    waiting: Semaphore,
}

impl Default for Refusals {
    fn default() -> Self {
        let pace = Pace::new(AT_ONCE.0, Duration::from_secs(1), AT_ONCE.1);
        Self { at_once: pace.map(Meter::new), waiting: Semaphore::const_new(WAITING) }
    }
}

impl Refusals {
    /// Returns `outcome`: a success immediately, a refusal at the pace of all refusals for this reason.
    ///
    /// # Errors
    /// The outcome's own.
    pub async fn delay<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            self.wait().await;
        }
        outcome
    }

    async fn wait(&self) {
        if self.at_once.as_ref().is_none_or(|meter| meter.count(NonZeroU32::MIN).is_ok()) {
            return;
        }
        if let Ok(_place) = self.waiting.try_acquire() {
            tokio::time::sleep(Duration::from_millis(rand::random_range(DELAY))).await;
        }
    }
}
