//! The state of the calls for one thing: whether one is in progress, how old the data is, and when to retry.

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

/// The state of the calls for one thing. Calls are numbered, so that late answers are ignored.
#[derive(Debug, Default)]
pub struct CallState {
    /// The number of the call in progress.
    awaited: Option<u64>,
    failures: usize,
    /// The failure of the last call, until one succeeds.
    pub last_failure: Option<FailedCall>,
    /// When the server last returned the data.
    pub as_of: Option<DateTime<Utc>>,
}

impl CallState {
    /// Records that the call with this number has started; no other call of the client has the same number.
    pub fn start(&mut self, number: u64) {
        self.awaited = Some(number);
    }

    /// Whether the call with this number is still awaited.
    pub fn is_awaiting(&self, number: u64) -> bool {
        self.awaited == Some(number)
    }

    /// Whether a call is in progress.
    pub fn is_loading(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether a call may start now: none is in progress, and no retry delay is running.
    pub fn may_start(&self, now: DateTime<Utc>) -> bool {
        self.awaited.is_none()
            && self.last_failure.as_ref().is_none_or(|failed| failed.retry_at.is_some_and(|at| at <= now))
    }

    /// Records that the awaited call succeeded.
    pub fn succeeded(&mut self, now: DateTime<Utc>) {
        self.awaited = None;
        self.failures = 0;
        self.last_failure = None;
        self.as_of = Some(now);
    }

    /// Records that the awaited call failed, and schedules a retry if one can help.
    pub fn failed(&mut self, failure: Failure, now: DateTime<Utc>) {
        self.awaited = None;
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
        self.awaited = None;
        self.last_failure = None;
    }

    /// When the next retry is due; `None` while a call is in progress.
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        let failed = self.last_failure.as_ref().filter(|_| self.awaited.is_none());
        failed.and_then(|failed| failed.retry_at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn late_answers_are_not_awaited_any_more() {
        let mut call = CallState::default();
        call.start(1);
        call.start(2);
        assert!(!call.is_awaiting(1) && call.is_awaiting(2));
        call.succeeded(DateTime::UNIX_EPOCH);
        assert!(!call.is_awaiting(2));
    }

    #[test]
    fn waits_grow_honour_the_server_and_stop_where_trying_cannot_help() {
        let now = DateTime::UNIX_EPOCH;
        let mut call = CallState::default();
        let mut wait_after = |failure: Failure| {
            call.start(1);
            call.failed(failure, now);
            call.retry_at().map(|at| (at - now).num_seconds())
        };
        let lost = || Failure::Unreachable("x".into());
        let waits: Vec<_> = (0..8).map(|_| wait_after(lost()).unwrap()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 30, 30, 30]);
        let busy = |secs| Failure::Busy { detail: "d".into(), retry_after: Some(Duration::from_secs(secs)) };
        assert_eq!(wait_after(busy(42)), Some(42));
        assert_eq!(wait_after(busy(1_000_000)), Some(300));
        assert_eq!(wait_after(Failure::Forbidden("no".into())), None);
        assert_eq!(wait_after(busy(42)), Some(42));
        call.start(2);
        assert_eq!(call.retry_at(), None, "nothing is due while the retry is in flight");
    }
}
