//! Following a list: new rows arrive by themselves until the operator freezes it, or leaves it alone for long.

use chrono::{DateTime, TimeDelta, Utc};

use crate::theme::Meaning;
use crate::when::clock;

use super::behind::Behind;
use super::call_state::CallState;
use super::surroundings::Window;

/// The interval between two calls, in seconds.
const FOLLOW_EVERY_SECONDS: i64 = 2;
/// How long a list is followed after the last key that moves in it, and anything else is polled after the last key, in
/// seconds. The session of an unattended client must end.
pub const ATTENDED_SECONDS: i64 = 600;

/// Whether a list is followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Follow {
    state: FollowState,
    /// Whether the server tells what happens. Otherwise the list is polled.
    is_live: bool,
    behind: Behind,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum FollowState {
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
        self.state = match self.state {
            FollowState::Until(end) if end > now => FollowState::Frozen(now),
            _ => FollowState::Until(now + TimeDelta::seconds(ATTENDED_SECONDS)),
        };
        // What happened before is not known.
        self.behind.note();
    }

    /// Whether the list is followed.
    pub fn is_on(&self) -> bool {
        matches!(self.state, FollowState::Until(_))
    }

    /// Takes note that somebody moved in the list.
    pub fn attended(&mut self, now: DateTime<Utc>) {
        if let FollowState::Until(end) = &mut self.state {
            *end = now + TimeDelta::seconds(ATTENDED_SECONDS);
        }
    }

    /// Takes note that something happened at the server.
    pub fn take_news(&mut self) {
        self.behind.note();
    }

    /// Freezes the list if nobody has moved in it for long, and returns whether it is time to ask for new rows.
    pub fn is_due(&mut self, call: &CallState, window: &Window) -> bool {
        self.is_live = window.is_live;
        if let FollowState::Until(end) = self.state
            && end <= window.now
        {
            self.state = FollowState::Frozen(end);
        }
        let is_due = self.next_at(call).is_some_and(|at| at <= window.now);
        if is_due {
            self.behind = Behind::default();
        }
        is_due
    }

    /// When to ask for new rows again, or to freeze; `None` while a call is in progress or its retry is due.
    pub fn next_at(&self, call: &CallState) -> Option<DateTime<Utc>> {
        let FollowState::Until(end) = self.state else { return None };
        let idle = !call.is_loading() && call.last_failure.is_none();
        let polled = call.as_of.filter(|_| idle)? + TimeDelta::seconds(FOLLOW_EVERY_SECONDS);
        Some(if self.is_live { self.behind.due_at(call).unwrap_or(end) } else { polled }.min(end))
    }

    /// What the heading says about it.
    pub fn label(&self) -> Option<(String, Meaning)> {
        match self.state {
            FollowState::Off => None,
            FollowState::Until(_) if self.is_live => Some(("● following".to_owned(), Meaning::Good)),
            FollowState::Until(_) => {
                Some((format!("● following, every {FOLLOW_EVERY_SECONDS} s"), Meaning::Good))
            }
            FollowState::Frozen(at) => Some((format!("‖ frozen at {}", clock(at)), Meaning::Warn)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_followed_until_it_is_frozen_or_left_alone() {
        let begun = DateTime::UNIX_EPOCH;
        let at = |seconds, is_live| Window {
            now: begun + TimeDelta::seconds(seconds),
            columns: 80,
            rows: 20,
            is_attended: true,
            is_live,
        };
        let after = |seconds| at(seconds, false);
        let mut call = CallState::default();
        call.succeeded(begun);
        let mut follow = Follow::default();
        assert!(!follow.is_due(&call, &after(5)) && follow.label().is_none());
        follow.toggle(begun);
        assert!(!follow.is_due(&call, &after(1)) && follow.is_due(&call, &after(2)));
        call.start(1);
        assert!(!follow.is_due(&call, &after(2)), "one call at a time");
        call.succeeded(after(300).now);
        // What happens is told, so nothing is polled.
        assert!(!follow.is_due(&call, &at(302, true)));
        follow.take_news();
        assert!(follow.is_due(&call, &at(302, true)) && !follow.is_due(&call, &at(400, true)));
        follow.attended(after(300).now);
        assert!(follow.is_due(&call, &after(700)), "somebody was there");
        assert!(!follow.is_due(&call, &after(901)));
        assert_eq!(follow.state, FollowState::Frozen(after(900).now));
        follow.toggle(after(1_000).now);
        follow.toggle(after(1_001).now);
        assert_eq!(follow.state, FollowState::Frozen(after(1_001).now), "the same key freezes");
    }
}
