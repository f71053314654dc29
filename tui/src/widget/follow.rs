//! Following a list: new rows arrive by themselves until the operator freezes it, or leaves it alone for long.

use chrono::{DateTime, TimeDelta, Utc};

use crate::theme::Meaning;
use crate::when::clock;

use super::call_state::CallState;

/// The interval between two calls, in seconds.
const EVERY_SECONDS: i64 = 2;
/// How long a list is followed after the last key that moves in it, and anything else is polled after the last key, in
/// seconds. The session of an unattended client must end.
pub const ATTENDED_SECONDS: i64 = 600;

/// Whether a list is followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Follow {
    /// It shows what it was when it was loaded.
    #[default]
    Off,
    /// It is followed until then.
    Until(DateTime<Utc>),
    /// It was followed, and shows what it was at that time.
    Frozen(DateTime<Utc>),
}

impl Follow {
    /// Freezes a list that is followed; follows it otherwise.
    pub fn toggle(&mut self, now: DateTime<Utc>) {
        *self = match self {
            Self::Until(end) if *end > now => Self::Frozen(now),
            _ => Self::Until(now + TimeDelta::seconds(ATTENDED_SECONDS)),
        };
    }

    /// Takes note that somebody moved in the list.
    pub fn attended(&mut self, now: DateTime<Utc>) {
        if let Self::Until(end) = self {
            *end = now + TimeDelta::seconds(ATTENDED_SECONDS);
        }
    }

    /// Freezes the list if nobody has moved in it for long, and returns whether it is time to ask for new rows.
    pub fn is_due(&mut self, call: &CallState, now: DateTime<Utc>) -> bool {
        if let Self::Until(end) = *self
            && end <= now
        {
            *self = Self::Frozen(end);
        }
        self.next_at(call).is_some_and(|at| at <= now)
    }

    /// When to ask for new rows again; `None` while a call is in progress or its retry is due.
    pub fn next_at(&self, call: &CallState) -> Option<DateTime<Utc>> {
        let Self::Until(end) = *self else { return None };
        let idle = !call.is_loading() && call.last_failure.is_none();
        call.as_of.filter(|_| idle).map(|at| (at + TimeDelta::seconds(EVERY_SECONDS)).min(end))
    }

    /// What the heading says about it.
    pub fn label(&self) -> Option<(String, Meaning)> {
        match self {
            Self::Off => None,
            Self::Until(_) => Some((format!("● following, every {EVERY_SECONDS} s"), Meaning::Good)),
            Self::Frozen(at) => Some((format!("‖ frozen at {}", clock(*at)), Meaning::Warn)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_followed_until_it_is_frozen_or_left_alone() {
        let now = DateTime::UNIX_EPOCH;
        let after = |seconds| now + TimeDelta::seconds(seconds);
        let mut call = CallState::default();
        call.succeeded(now);
        let mut follow = Follow::Off;
        assert!(!follow.is_due(&call, after(5)) && follow.label().is_none());
        follow.toggle(now);
        assert!(!follow.is_due(&call, after(1)) && follow.is_due(&call, after(2)));
        call.start(1);
        assert!(!follow.is_due(&call, after(2)), "one call at a time");
        call.succeeded(after(300));
        follow.attended(after(300));
        assert!(follow.is_due(&call, after(700)), "somebody was there");
        assert!(!follow.is_due(&call, after(901)));
        assert_eq!(follow, Follow::Frozen(after(900)));
        follow.toggle(after(1_000));
        follow.toggle(after(1_001));
        assert_eq!(follow, Follow::Frozen(after(1_001)), "the same key freezes");
    }
}
