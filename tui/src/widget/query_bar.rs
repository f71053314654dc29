//! A query line that takes effect during typing, once there is a short pause.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::client::TenantRef;
use crate::found_secret::{FoundSecret, found_secret};
use crate::text::width;
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::completion::{Completion, Filter};
use super::query::{Problem, QueryWord, negated, with_word, words};
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
    /// The choices for the word before the cursor, while one of them stands there.
    completion: Option<Completion>,
}

impl QueryBar {
    /// Begins to take keys. What is typed next is another word.
    pub fn edit(&mut self) {
        self.editing = true;
        let text = self.field.text();
        if !text.is_empty() && !text.ends_with(char::is_whitespace) {
            self.field = TextField::new(&format!("{text} "));
        }
    }

    /// Completes the word before the cursor with a filter or a value of one, or goes on to the next or previous choice.
    /// Returns whether there is one.
    pub fn complete(
        &mut self,
        filters: &[Filter],
        tenants: &BTreeSet<String>,
        is_forward: bool,
        now: DateTime<Utc>,
    ) -> bool {
        match &mut self.completion {
            Some(completion) => completion.step(is_forward),
            None => {
                self.completion = Completion::begin(self.field.text(), self.field.cursor(), filters, tenants);
            }
        }
        let Some(completion) = self.completion.take() else { return false };
        let (before, after) = completion.parts();
        self.field.set_around_cursor(&before, after);
        self.touched(now);
        // What has a single choice is done: the next tab completes the next word.
        self.completion = Some(completion).filter(|completion| completion.choices.len() > 1);
        true
    }

    /// Records a change; the query takes effect after the pause.
    pub fn touched(&mut self, now: DateTime<Utc>) {
        self.completion = None;
        // A secret is never searched for.
        let is_secret = found_secret(self.field.text()).is_some();
        self.due = (!is_secret).then(|| now + TimeDelta::milliseconds(DEBOUNCE_MS));
    }

    /// Takes a secret that says whose it is out of the line, with everything in it. Another one is no query.
    pub fn take_secret(&mut self, now: DateTime<Utc>) -> Option<FoundSecret> {
        let found = found_secret(self.field.text())?;
        if found.tenant.is_none() {
            let length = self.field.text().chars().count();
            self.problem = Some(Problem { at: 0, length, text: found.sentence() });
            return None;
        }
        self.editing = false;
        self.set("", now);
        Some(found)
    }

    /// Replaces the query, which takes effect at once.
    pub fn set(&mut self, text: &str, now: DateTime<Utc>) {
        self.field = TextField::new(text);
        self.completion = None;
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
        if found_secret(self.field.text()).is_some() {
            self.field.draw_masked(canvas, line, self.editing);
        } else if self.editing {
            self.field.draw_as_field(canvas, line, true, wrong.as_ref());
            self.draw_choices(canvas, line);
        } else {
            self.field.draw_plain(canvas, line, wrong.as_ref());
        }
    }

    /// The choices of the completion behind the text, as many as there is room for, with the one in the line marked.
    fn draw_choices(&self, canvas: &mut Canvas<'_, '_>, line: Rect) {
        let Some(completion) = &self.completion else { return };
        let used = u16::try_from(width(self.field.text())).unwrap_or(u16::MAX).saturating_add(3);
        let mut x = line.x.saturating_add(used);
        // The one that is chosen and those after it, and then those before it.
        let (before, from) = completion.choices.split_at(completion.chosen);
        for (place, choice) in from.iter().chain(before).enumerate() {
            let value = choice.split_once(':').map_or("", |(_, value)| value);
            let text = if value.is_empty() { choice } else { value };
            if usize::from(line.right().saturating_sub(x)) < width(text) {
                return;
            }
            let meaning = if place == 0 { Meaning::Accent } else { Meaning::Muted };
            x = x.saturating_add(canvas.put(x, line.y, line.right() - x, text, meaning) + 2);
        }
    }
}

/// Parses the value of `tenant:`.
pub fn tenant(word: &QueryWord) -> Result<TenantRef, Problem> {
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
            if let Some(problem) = negated(&word, &[Filter::TENANT]) {
                return Err(problem);
            }
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
