//! Which rows of a list have another state than when they were last shown there, because another client or a worker has
//! changed them.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};

/// How long a change is marked once it is shown, in seconds.
const CHANGE_MARKED_SECONDS: i64 = 60;
/// How many states are remembered; beyond that, only those of the rows that are loaded.
const MAX_ROW_STATES: usize = 4_096;

/// A change that is marked.
#[derive(Debug)]
struct RowChange {
    /// The state before.
    before: String,
    /// Since when it is shown; `None` until then.
    shown: Option<DateTime<Utc>>,
}

/// The states of rows as they were last shown, and the changes that are marked.
#[derive(Debug)]
pub struct Changes<Id> {
    states: HashMap<Id, String>,
    marked: HashMap<Id, RowChange>,
}

impl<Id> Default for Changes<Id> {
    fn default() -> Self {
        Self { states: HashMap::new(), marked: HashMap::new() }
    }
}

impl<Id: Copy + Eq + Hash> Changes<Id> {
    /// Takes note of a row's state. A change is marked unless this operator has made it.
    pub fn note(&mut self, id: Id, state: &str, is_own: bool) {
        let before = self.states.insert(id, state.to_owned());
        match before.filter(|before| before != state) {
            Some(_) if is_own => self.seen(id),
            Some(before) => {
                self.marked.insert(id, RowChange { before, shown: None });
            }
            None => {}
        }
    }

    /// Forgets the rows that are not loaded, if there are too many.
    pub fn bound(&mut self, is_loaded: impl Fn(Id) -> bool) {
        if self.states.len() > MAX_ROW_STATES {
            self.states.retain(|id, _| is_loaded(*id));
            self.marked.retain(|id, _| is_loaded(*id));
        }
    }

    /// Takes note that the marks are on the screen now, and takes those away that were there long enough.
    pub fn shown(&mut self, now: DateTime<Utc>) {
        self.marked.retain(|_, change| *change.shown.get_or_insert(now) + marked_length() > now);
    }

    /// Takes the mark of a row away, because somebody has looked at it.
    pub fn seen(&mut self, id: Id) {
        self.marked.remove(&id);
    }

    /// The state that a row had before the change that is marked; `None` if none is.
    pub fn before(&self, id: Id) -> Option<&str> {
        self.marked.get(&id).map(|change| change.before.as_str())
    }

    /// The number of marks.
    pub fn len(&self) -> usize {
        self.marked.len()
    }

    /// Whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// When the next mark goes; `None` if none is shown.
    pub fn next_end(&self) -> Option<DateTime<Utc>> {
        self.marked.values().filter_map(|change| change.shown).min().map(|shown| shown + marked_length())
    }
}

/// How long a change is marked.
fn marked_length() -> TimeDelta {
    TimeDelta::seconds(CHANGE_MARKED_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_marked_until_it_was_shown_for_a_minute_or_looked_at() {
        let now = DateTime::UNIX_EPOCH;
        let after = |seconds| now + TimeDelta::seconds(seconds);
        let mut changes = Changes::default();
        changes.note(1, "active", false);
        changes.note(1, "active", false);
        assert!(changes.is_empty(), "nothing has changed");
        changes.note(1, "revoking", true);
        assert!(changes.is_empty(), "the operator has done this");
        changes.note(1, "revoked", false);
        changes.note(2, "active", false);
        changes.note(2, "suspended", false);
        assert_eq!((changes.before(1), changes.before(2)), (Some("revoking"), Some("active")));
        changes.seen(2);
        assert_eq!((changes.len(), changes.next_end()), (1, None));
        changes.shown(after(100));
        assert_eq!(changes.next_end(), Some(after(160)), "the time counts from when it is shown");
        changes.shown(after(159));
        assert!(!changes.is_empty());
        changes.shown(after(160));
        assert!(changes.is_empty());
    }

    #[test]
    fn states_of_rows_that_are_gone_are_forgotten_once_there_are_many() {
        let mut changes = Changes::default();
        for id in 0..10_000 {
            changes.note(id, "active", false);
            changes.note(id, "revoked", false);
            changes.bound(|loaded| loaded + 800 > id);
        }
        assert!(changes.states.len() <= MAX_ROW_STATES && changes.len() <= MAX_ROW_STATES);
        assert_eq!(changes.before(9_999), Some("active"));
    }
}
