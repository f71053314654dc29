//! The state of fetching one thing: whether a call is in progress, how old the data is, and when to retry.

use chrono::{DateTime, TimeDelta, Utc};

use crate::client::Failure;

/// Delays between retries, in seconds; the last one repeats.
const BACKOFF_SECONDS: [i64; 6] = [1, 2, 4, 8, 15, 30];
/// The longest `Retry-After` that is honoured, in seconds.
const MAX_RETRY_AFTER_SECONDS: u64 = 300;

/// The failure of the last call.
#[derive(Debug, Clone)]
pub struct FailedCall {
    /// What went wrong.
    pub failure: Failure,
    /// When it went wrong.
    pub at: DateTime<Utc>,
    /// When the call is retried automatically; `None` if a retry cannot help.
    pub retry_at: Option<DateTime<Utc>>,
}

/// The state of fetching one thing. Calls are numbered, so that late answers are ignored.
#[derive(Debug, Default)]
pub struct Fetch {
    generation: u64,
    in_flight: bool,
    failures: usize,
    /// The failure of the last call, until one succeeds.
    pub last_failure: Option<FailedCall>,
    /// When the server last returned the data.
    pub as_of: Option<DateTime<Utc>>,
}

impl Fetch {
    /// Starts a call and returns its number.
    pub fn start(&mut self) -> u64 {
        self.in_flight = true;
        self.generation += 1;
        self.generation
    }

    /// Whether the call with this number is still awaited.
    pub fn is_awaiting(&self, generation: u64) -> bool {
        self.in_flight && self.generation == generation
    }

    /// Whether a call is in progress.
    pub fn is_loading(&self) -> bool {
        self.in_flight
    }

    /// Whether a call may start now: none is in progress, and no retry delay is running.
    pub fn may_start(&self, now: DateTime<Utc>) -> bool {
        !self.in_flight && self.last_failure.as_ref().is_none_or(|t| t.retry_at.is_some_and(|at| at <= now))
    }

    /// Records that the awaited call succeeded.
    pub fn succeeded(&mut self, now: DateTime<Utc>) {
        self.in_flight = false;
        self.failures = 0;
        self.last_failure = None;
        self.as_of = Some(now);
    }

    /// Records that the awaited call failed, and schedules a retry if one can help.
    pub fn failed(&mut self, failure: Failure, now: DateTime<Utc>) {
        self.in_flight = false;
        let retry_at = failure.is_transient().then(|| {
            let own = BACKOFF_SECONDS[self.failures.min(BACKOFF_SECONDS.len() - 1)];
            let asked = failure.retry_after().map_or(0, |d| d.as_secs().min(MAX_RETRY_AFTER_SECONDS));
            now + TimeDelta::seconds(own.max(i64::try_from(asked).unwrap_or(own)))
        });
        self.failures += 1;
        self.last_failure = Some(FailedCall { failure, at: now, retry_at });
    }

    /// Clears the failure and abandons the call in progress, so that a new one may start at once.
    pub fn reset(&mut self) {
        self.in_flight = false;
        self.last_failure = None;
    }

    /// When the next retry is due.
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.last_failure.as_ref().and_then(|t| t.retry_at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn late_answers_are_not_awaited_any_more() {
        let mut fetch = Fetch::default();
        let first = fetch.start();
        let second = fetch.start();
        assert!(!fetch.is_awaiting(first) && fetch.is_awaiting(second));
        fetch.succeeded(DateTime::UNIX_EPOCH);
        assert!(!fetch.is_awaiting(second));
    }

    #[test]
    fn waits_grow_honour_the_server_and_stop_where_trying_cannot_help() {
        let now = DateTime::UNIX_EPOCH;
        let mut fetch = Fetch::default();
        let mut wait_after = |failure: Failure| {
            fetch.start();
            fetch.failed(failure, now);
            fetch.retry_at().map(|at| (at - now).num_seconds())
        };
        let lost = || Failure::Unreachable("x".into());
        let waits: Vec<_> = (0..8).map(|_| wait_after(lost()).unwrap()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 30, 30, 30]);
        let busy = |secs| Failure::Busy { detail: "d".into(), retry_after: Some(Duration::from_secs(secs)) };
        assert_eq!(wait_after(busy(42)), Some(42));
        assert_eq!(wait_after(busy(1_000_000)), Some(300));
        assert_eq!(wait_after(Failure::Forbidden("no".into())), None);
    }
}
