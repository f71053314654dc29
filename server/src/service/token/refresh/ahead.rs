//! Refresh-ahead: a token that is handed out near its expiry is refreshed after the response, so that no caller waits
//! when it expires. It is triggered by a fetch, so only tokens in use are refreshed; accounts that nobody requests are
//! never scanned.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_api::AccountId;
use chrono::TimeDelta;
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tokens with more time left than this are never refreshed ahead.
pub(super) const REFRESHED_AHEAD_BEFORE: TimeDelta = TimeDelta::minutes(30);
/// The number of seconds over which accounts that were linked or refreshed together are spread.
const AHEAD_SPREAD: u64 = 600;
/// The number of concurrent background refreshes per process. Others are dropped while all are busy, because the next
/// fetch triggers them again.
const AHEAD_AT_ONCE: usize = 4;
/// How long a token is left alone after an attempt, and how many such tokens are remembered.
const AHEAD_QUIET: Duration = Duration::from_secs(30);
const AHEAD_REMEMBERED: usize = 10_000;

/// Background refreshes after responses.
pub struct RefreshAhead {
    seats: Arc<Semaphore>,
    recent: Cache<(AccountId, i64), Instant>,
}

impl Default for RefreshAhead {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(AHEAD_AT_ONCE)), recent: Cache::new(AHEAD_REMEMBERED) }
    }
}

impl RefreshAhead {
    /// The permission to refresh a token of this generation with this remaining lifetime, if a refresh is due and was
    /// not attempted recently. Never waits.
    pub(super) fn claim(
        &self,
        account: AccountId,
        generation: i64,
        remaining: TimeDelta,
    ) -> Option<OwnedSemaphorePermit> {
        if remaining >= REFRESHED_AHEAD_BEFORE || remaining >= ahead_threshold(account, generation) {
            return None;
        }
        let key = (account, generation);
        if self.recent.get(&key).is_some_and(|tried| tried.elapsed() < AHEAD_QUIET) {
            return None;
        }
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            count("dropped");
            return None;
        };
        self.recent.insert(key, Instant::now());
        Some(seat)
    }
}

/// Counts a background refresh by its outcome.
pub(super) fn count(outcome: &'static str) {
    metrics::counter!("bowline_refresh_ahead_total", "outcome" => outcome).increment(1);
}

/// The remaining lifetime at which a token is due: 20 to 30 minutes, always the same for the same token.
fn ahead_threshold(account: AccountId, generation: i64) -> TimeDelta {
    let mut hasher = DefaultHasher::new();
    (account.uuid(), generation).hash(&mut hasher);
    let earlier = i64::try_from(hasher.finish() % AHEAD_SPREAD).unwrap_or_default();
    REFRESHED_AHEAD_BEFORE - TimeDelta::seconds(earlier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_spread_over_ten_minutes_and_each_stays_where_it_is() {
        let of = |number: u128| ahead_threshold(uuid::Uuid::from_u128(number).into(), 1);
        let mut minutes = [0_u32; 10];
        for number in 0..10_000 {
            let threshold = of(number);
            assert_eq!(threshold, of(number));
            let minute = threshold.num_seconds().checked_sub(1_201).unwrap() / 60;
            minutes[usize::try_from(minute).unwrap()] += 1;
        }
        assert!(minutes.iter().all(|count| (800..1_200).contains(count)), "{minutes:?}");
    }
}
