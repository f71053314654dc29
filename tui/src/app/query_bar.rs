//! A query that takes effect while it is typed, once the typing pauses.

use chrono::{DateTime, TimeDelta, Utc};

use super::text_field::TextField;

/// Milliseconds without a key after which a query is sent.
const PAUSE_MS: i64 = 150;

/// The query line of a screen.
#[derive(Debug, Default)]
pub struct QueryBar {
    /// What is typed.
    pub field: TextField,
    /// Whether keys go here.
    pub editing: bool,
    /// When what was typed takes effect.
    pub due: Option<DateTime<Utc>>,
    /// What is wrong with it; the list stays as it was.
    pub problem: Option<String>,
}

impl QueryBar {
    /// What was typed changed: it takes effect after a pause.
    pub fn touched(&mut self, now: DateTime<Utc>) {
        self.due = Some(now + TimeDelta::milliseconds(PAUSE_MS));
    }

    /// Puts another query there, which takes effect at once.
    pub fn set(&mut self, text: &str, now: DateTime<Utc>) {
        self.field = TextField::new(text);
        self.due = Some(now);
    }

    /// Whether what was typed is to take effect now; if so it is noted as done.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> bool {
        let due = self.due.is_some_and(|at| at <= now);
        if due {
            self.due = None;
        }
        due
    }
}
