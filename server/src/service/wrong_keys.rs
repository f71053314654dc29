//! Keeps those who try API keys from taking the machine away from those who have one.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;

/// Refusals that are answered at once, each second, and all at once after a quiet time.
const AT_ONCE: (NonZeroU32, NonZeroU32) = (NonZeroU32::new(20).unwrap(), NonZeroU32::new(100).unwrap());
/// How long the others wait.
const DELAY: Duration = Duration::from_millis(500);
/// How many may wait; a flood over more connections than these is the edge proxy's to stop.
const WAITING: usize = 4096;

/// The pace at which keys that do not work are refused by this process.
pub struct WrongKeys {
    at_once: DefaultDirectRateLimiter,
    waiting: Semaphore,
}

impl Default for WrongKeys {
    fn default() -> Self {
        let quota = Quota::per_second(AT_ONCE.0).allow_burst(AT_ONCE.1);
        Self { at_once: RateLimiter::direct(quota), waiting: Semaphore::new(WAITING) }
    }
}

impl WrongKeys {
    /// Returns when the next refusal may be answered.
    pub async fn wait(&self) {
        if self.at_once.check().is_ok() {
            return;
        }
        if let Ok(_place) = self.waiting.try_acquire() {
            tokio::time::sleep(DELAY).await;
        }
    }
}
