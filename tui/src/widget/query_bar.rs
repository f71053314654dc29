//! A query line that takes effect during typing, once there is a short pause.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::client::TenantRef;
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::query::{Problem, Word, with_word, words};
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
    pub problem: Option<Problem>,
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
    pub fn accept<F: PartialEq>(&mut self, parsed: Result<F, Problem>, filter: &mut F) -> bool {
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

    /// What is wrong with the query, for the line below the list.
    pub fn complaint(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| format!("▲ {}", problem.text))
    }

    /// Draws the line below the heading; the word that is wrong is marked. `help` is shown while the line is empty.
    pub fn draw(&self, canvas: &mut Canvas<'_, '_>, area: Rect, help: &str) {
        let used = canvas.line(area, 1, &[("/ ", Meaning::Accent)]);
        let line = Rect { x: area.x + used, y: area.y + 1, width: area.width - used, height: 1 };
        if self.field.text().is_empty() && !self.editing {
            canvas.line(line, 0, &[(help, Meaning::Muted)]);
            return;
        }
        let wrong = self.problem.as_ref().map(|problem| problem.at..problem.at + problem.length);
        if self.editing {
            self.field.draw_as_field(canvas, line, true, wrong.as_ref());
        } else {
            self.field.draw_plain(canvas, line, wrong.as_ref());
        }
    }
}

/// Parses the value of `tenant:`.
pub fn tenant(word: &Word) -> Result<TenantRef, Problem> {
    match word.value.parse() {
        Ok(tenant) if !word.value.is_empty() => Ok(tenant),
        _ => Err(word.problem("tenant: needs a tenant's short name or id")),
    }
}

/// A tenant, and words that must all occur in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantSearch {
    /// The tenant.
    pub tenant: Option<TenantRef>,
    /// The words, in lower case.
    pub words: Vec<String>,
}

impl TenantSearch {
    /// Parses a query in which `tenant:` is the only filter; `what` is being searched.
    pub fn parse(what: &str, text: &str) -> Result<Self, Problem> {
        let mut search = Self::default();
        for word in words(text) {
            match word.key.as_deref() {
                Some("tenant") => search.tenant = Some(tenant(&word)?),
                None => search.words.push(word.value.to_lowercase()),
                Some(_) => {
                    let why = format!("{what} can be filtered by tenant:NAME and by words of a name or id");
                    return Err(word.problem(why));
                }
            }
        }
        Ok(search)
    }

    /// Whether all words occur in one of these texts.
    pub fn fits(&self, texts: &[&str]) -> bool {
        let texts: Vec<_> = texts.iter().map(|text| text.to_lowercase()).collect();
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }
}

/// Parses a query in which only `tenant:` is known; `what` is being searched.
pub fn only_tenant(what: &str, text: &str) -> Result<Option<TenantRef>, Problem> {
    let mut found = None;
    for word in words(text) {
        match word.key.as_deref() {
            Some("tenant") => found = Some(tenant(&word)?),
            _ => return Err(word.problem(format!("{what} can only be filtered by tenant:NAME"))),
        }
    }
    Ok(found)
}
