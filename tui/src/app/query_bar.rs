//! A query line that takes effect during typing, once there is a short pause.

use chrono::{DateTime, TimeDelta, Utc};

use super::text_field::TextField;

/// The pause after the last key, in milliseconds, before a query is sent.
const DEBOUNCE_MS: i64 = 150;

/// The query line of a screen.
#[derive(Debug, Default)]
pub struct QueryBar {
    /// The typed query.
    pub field: TextField,
    /// Whether the query line receives keys.
    pub editing: bool,
    /// When the typed query takes effect.
    pub due: Option<DateTime<Utc>>,
    /// What is wrong with the query; the list keeps its previous filter.
    pub problem: Option<String>,
}

impl QueryBar {
    /// Records a change; the query takes effect after the pause.
    pub fn touched(&mut self, now: DateTime<Utc>) {
        self.due = Some(now + TimeDelta::milliseconds(DEBOUNCE_MS));
    }

    /// Replaces the query, which takes effect at once.
    pub fn set(&mut self, text: &str, now: DateTime<Utc>) {
        self.field = TextField::new(text);
        self.due = Some(now);
    }

    /// Whether the query takes effect now; the deadline is cleared if so.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> bool {
        let due = self.due.is_some_and(|at| at <= now);
        if due {
            self.due = None;
        }
        due
    }
}
