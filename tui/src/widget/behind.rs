//! Whether what is shown is behind what happened at the server, and when it is asked for again: at most once a second, however
//! much happens.

use chrono::{DateTime, TimeDelta, Utc};

use super::call_state::CallState;

/// The least time between two calls.
const LEAST_CALL_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Whether what is shown is behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Behind(bool);

impl Behind {
    /// Something has happened to what is shown.
    pub fn note(&mut self) {
        self.0 = true;
    }

    /// When to ask for it again; `None` if nothing has happened, while a call is in progress, or if its retry is due.
    pub fn due_at(&self, call: &CallState) -> Option<DateTime<Utc>> {
        let idle = !call.is_loading() && call.last_failure.is_none();
        call.as_of.filter(|_| self.0 && idle).map(|at| at + LEAST_CALL_PAUSE)
    }

    /// Whether it is time to ask for it again. The caller does.
    pub fn take_due(&mut self, call: &CallState, now: DateTime<Utc>) -> bool {
        let is_due = self.due_at(call).is_some_and(|at| at <= now);
        self.0 &= !is_due;
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_within_a_second_is_one_call_and_what_happens_during_the_call_another() {
        let now = DateTime::UNIX_EPOCH;
        let after = |millis| now + TimeDelta::milliseconds(millis);
        let mut call = CallState::default();
        call.succeeded(now);
        let mut behind = Behind::default();
        assert_eq!(behind.due_at(&call), None);
        for _ in 0..1_000 {
            behind.note();
        }
        assert!(!behind.take_due(&call, after(999)) && behind.take_due(&call, after(1_000)));
        call.start(1);
        assert!(!behind.take_due(&call, after(3_000)), "it is being asked for");
        behind.note();
        call.succeeded(after(3_000));
        assert_eq!(behind.due_at(&call), Some(after(4_000)));
    }
}
