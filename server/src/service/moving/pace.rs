//! The pace of an import's calls to the provider, which all of its calls share.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::service::limit::pace::{Meter, Pace};

/// How many calls may follow each other without a pause.
const BURST: u32 = 4;

/// Lets calls through at a steady rate, and none while the provider has asked for a pause.
pub(super) struct Turns {
    meter: Option<Meter>,
    resumes_at: Mutex<Instant>,
}

impl Turns {
    /// This number of calls each second.
    pub(super) fn new(calls_per_second: u32) -> Self {
        let pace = Pace::new(calls_per_second, Duration::from_secs(1), BURST);
        Self { meter: pace.map(Meter::new), resumes_at: Mutex::new(Instant::now()) }
    }

    /// Waits until the next call may be made.
    pub(super) async fn take(&self) {
        loop {
            let resumes_at = *self.resumes_at.lock().unwrap_or_else(PoisonError::into_inner);
            if resumes_at > Instant::now() {
                sleep_until(resumes_at).await;
                continue;
            }
            match self.meter.as_ref().map_or(Ok(()), |meter| meter.count(NonZeroU32::MIN)) {
                Ok(()) => return,
                Err(wait) => sleep(wait).await,
            }
        }
    }

    /// Lets no call through for this long.
    pub(super) fn pause(&self, pause: Duration) {
        let mut resumes_at = self.resumes_at.lock().unwrap_or_else(PoisonError::into_inner);
        *resumes_at = (*resumes_at).max(Instant::now() + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pause_holds_every_call_and_a_shorter_one_does_not_end_it() {
        let turns = Turns::new(1_000);
        let begun = Instant::now();
        turns.pause(Duration::from_millis(60));
        turns.pause(Duration::from_millis(1));
        turns.take().await;
        assert!(begun.elapsed() >= Duration::from_millis(60), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn calls_beyond_the_burst_keep_the_rate() {
        let turns = Turns::new(100);
        let begun = Instant::now();
        for _ in 0..BURST + 6 {
            turns.take().await;
        }
        assert!(begun.elapsed() >= Duration::from_millis(55), "{:?}", begun.elapsed());
    }
}
