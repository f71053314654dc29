//! A query line that takes effect during typing, once there is a short pause. Its words are `key:value` or search text.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::client::TenantRef;
use crate::theme::Meaning;

use super::canvas::Canvas;
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

    /// Replaces the query's word with this key, or adds it at the front; the query takes effect at once.
    pub fn set_word(&mut self, key: &str, value: &str, now: DateTime<Utc>) {
        self.set(&with_word(self.field.text(), key, value), now);
    }

    /// Whether the query takes effect now; the deadline is cleared if so.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> bool {
        let due = self.due.is_some_and(|at| at <= now);
        if due {
            self.due = None;
        }
        due
    }

    /// Sets a filter to the parsed query and returns whether that changed it. If the query is wrong, the line shows
    /// why, and the filter stays as it is.
    pub fn accept<F: PartialEq>(&mut self, parsed: Result<F, String>, filter: &mut F) -> bool {
        match parsed {
            Ok(parsed) => {
                self.problem = None;
                let changed = parsed != *filter;
                *filter = parsed;
                changed
            }
            Err(problem) => {
                self.problem = Some(problem);
                false
            }
        }
    }

    /// Draws the line below the heading, and what is wrong with the query. `help` is shown while the line is empty.
    pub fn draw(&self, canvas: &mut Canvas<'_, '_>, area: Rect, help: &str) {
        let used = canvas.line(area, 1, &[("/ ", Meaning::Accent)]);
        let line = Rect { x: area.x + used, y: area.y + 1, width: area.width - used, height: 1 };
        if self.field.text().is_empty() {
            canvas.line(line, 0, &[(help, Meaning::Muted)]);
        }
        if let Some(problem) = &self.problem {
            let text = format!("▲ {problem}");
            canvas.right(line, 0, &text, Meaning::Warn);
        }
        self.field.draw(canvas, line, self.editing);
    }
}

/// A query in which the word with this key is replaced, or added at the front.
pub fn with_word(text: &str, key: &str, value: &str) -> String {
    let prefix = format!("{key}:");
    let mut words: Vec<&str> = text.split_whitespace().filter(|w| !w.starts_with(&prefix)).collect();
    let word = format!("{prefix}{value}");
    words.insert(0, &word);
    words.join(" ")
}

/// Parses the value of `tenant:`.
pub fn tenant(value: &str) -> Result<TenantRef, String> {
    match value.parse() {
        Ok(tenant) if !value.is_empty() => Ok(tenant),
        _ => Err("tenant: needs a tenant's short name or id".to_owned()),
    }
}

/// Parses a query in which only `tenant:` is known; `what` is being searched.
pub fn only_tenant(what: &str, text: &str) -> Result<Option<TenantRef>, String> {
    let mut found = None;
    for word in text.split_whitespace() {
        match word.split_once(':') {
            Some(("tenant", value)) => found = Some(tenant(value)?),
            _ => return Err(format!("{what} can only be filtered by tenant:NAME")),
        }
    }
    Ok(found)
}
