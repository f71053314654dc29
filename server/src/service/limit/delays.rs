//! Keeps rejected callers that retry immediately from using the machine at the expense of others, because even a
//! rejection has a cost.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::pace::{Meter, Pace};
use crate::domain::Result;

/// The number of rejections that are sent immediately: per second, and in a burst after a quiet time.
const REJECTIONS_AT_ONCE: (u32, u32) = (20, 100);
/// The delay of the others in milliseconds, chosen at random. Clients that were rejected together would otherwise come
/// back together, and immediately use up, with all their connections, what their limit has allowed meanwhile.
const REJECTION_DELAY: RangeInclusive<u64> = 50..=950;
/// The maximum number of delayed callers. A flood over more connections must be stopped by the edge proxy.
const MOST_DELAYED: usize = 4096;

/// The rate at which this process rejects callers for one reason.
pub struct Delays {
    at_once: Option<Meter>,
    waiting: Semaphore,
}

impl Default for Delays {
    fn default() -> Self {
        let pace = Pace::new(REJECTIONS_AT_ONCE.0, Duration::from_secs(1), REJECTIONS_AT_ONCE.1);
        Self { at_once: pace.map(Meter::new), waiting: Semaphore::const_new(MOST_DELAYED) }
    }
}

impl Delays {
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
            tokio::time::sleep(Duration::from_millis(rand::random_range(REJECTION_DELAY))).await;
        }
    }
}
