//! One thing that is fetched: whether it is on its way, how old it is, and when to ask again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::client::Failure;

/// Waits between tries, in seconds; the last repeats.
const BACKOFF: [i64; 6] = [1, 2, 4, 8, 15, 30];
/// However long a server asks us to wait, we look again after this many seconds.
const LONGEST_WAIT: u64 = 300;

/// Why the last try gave nothing.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What happened.
    pub failure: Failure,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it will be tried again by itself; `None` where that would not help.
    pub retry_at: Option<DateTime<Utc>>,
}

/// The state of fetching one thing. Each call has a number, so that an answer that comes too late is dropped.
#[derive(Debug, Default)]
pub struct Feed {
    generation: u64,
    in_flight: bool,
    failures: usize,
    /// Why the last try failed, until one succeeds.
    pub trouble: Option<Trouble>,
    /// When the server last gave it.
    pub as_of: Option<DateTime<Utc>>,
}

impl Feed {
    /// Begins a call; returns its number.
    pub fn begin(&mut self) -> u64 {
        self.in_flight = true;
        self.generation += 1;
        self.generation
    }

    /// Whether an answer is still awaited under that number.
    pub fn awaits(&self, generation: u64) -> bool {
        self.in_flight && self.generation == generation
    }

    /// Whether a call is under way.
    pub fn is_loading(&self) -> bool {
        self.in_flight
    }

    /// Whether a call may begin now: none is under way and no failure bars it.
    pub fn may_begin(&self, now: DateTime<Utc>) -> bool {
        !self.in_flight && self.trouble.as_ref().is_none_or(|t| t.retry_at.is_some_and(|at| at <= now))
    }

    /// The awaited answer came.
    pub fn succeeded(&mut self, now: DateTime<Utc>) {
        self.in_flight = false;
        self.failures = 0;
        self.trouble = None;
        self.as_of = Some(now);
    }

    /// The awaited call failed; sets when to try again if that can help.
    pub fn failed(&mut self, failure: Failure, now: DateTime<Utc>) {
        self.in_flight = false;
        let retry_at = failure.is_transient().then(|| {
            let own = BACKOFF[self.failures.min(BACKOFF.len() - 1)];
            let asked = failure.retry_after().map_or(0, |d| d.as_secs().min(LONGEST_WAIT));
            now + TimeDelta::seconds(own.max(i64::try_from(asked).unwrap_or(own)))
        });
        self.failures += 1;
        self.trouble = Some(Trouble { failure, at: now, retry_at });
    }

    /// Forgets the trouble and whatever is under way, so that a new call may begin at once.
    pub fn unbar(&mut self) {
        self.in_flight = false;
        self.trouble = None;
    }

    /// When it wants to be tried again.
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.trouble.as_ref().and_then(|t| t.retry_at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn late_answers_are_not_awaited_any_more() {
        let mut feed = Feed::default();
        let first = feed.begin();
        let second = feed.begin();
        assert!(!feed.awaits(first) && feed.awaits(second));
        feed.succeeded(DateTime::UNIX_EPOCH);
        assert!(!feed.awaits(second));
    }

    #[test]
    fn waits_grow_honour_the_server_and_stop_where_trying_cannot_help() {
        let now = DateTime::UNIX_EPOCH;
        let mut feed = Feed::default();
        let mut wait_after = |failure: Failure| {
            feed.begin();
            feed.failed(failure, now);
            feed.retry_at().map(|at| (at - now).num_seconds())
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
