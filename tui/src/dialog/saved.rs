//! The saved queries of a screen: saves what is in the query line, uses one, or removes one.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::choice::Choice;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::registry::screen_settings::why_not_saved;
use crate::text::{fit, width};
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

/// The width of the dialog, in columns, if there is room.
const SAVED_QUERIES_WIDTH: u16 = 76;
/// The greatest width of a saved query's name, in columns.
const QUERY_NAME_COLUMNS: usize = 20;

/// The open dialog.
#[derive(Debug)]
pub struct SavedQueries {
    /// What is in the query line.
    query: String,
    /// The name under which it will be saved.
    field: TextField,
    /// Whether the field for a query's name receives keys, and not the list.
    is_naming: bool,
    saved: Choice<(String, String)>,
    /// Why nothing was saved.
    message: Option<String>,
}

impl SavedQueries {
    /// A dialog with these saved queries, in which this query can be saved.
    pub fn new(query: &str, saved: &BTreeMap<String, String>) -> Self {
        let rows: Vec<_> = saved.iter().map(|(name, query)| (name.clone(), query.clone())).collect();
        let is_naming = rows.is_empty() || !(query.trim().is_empty() || saved.values().any(|q| q == query));
        Self {
            query: query.trim().to_owned(),
            field: TextField::default(),
            is_naming,
            saved: Choice::new(rows, 0),
            message: None,
        }
    }

    fn save_named_query(&mut self) -> Vec<Reaction> {
        if !self.is_naming {
            let query = self.saved.selected().map(|(_, query)| Reaction::Query(query.clone()));
            return std::iter::once(Reaction::Close).chain(query).collect();
        }
        let name = self.field.text().trim().to_owned();
        self.message = why_not_saved(&name, &self.query);
        match self.message {
            Some(_) => Vec::new(),
            None => vec![Reaction::Close, Reaction::SaveQuery { name, query: self.query.clone() }],
        }
    }

    fn remove(&mut self) -> Vec<Reaction> {
        let removed = self.saved.remove().map(|(name, _)| Reaction::RemoveQuery(name));
        self.is_naming |= self.saved.rows.is_empty();
        removed.into_iter().collect()
    }
}

impl Dialog for SavedQueries {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Confirm => return self.save_named_query(),
            Action::NextField | Action::PreviousField => {
                self.is_naming = !self.is_naming || self.saved.rows.is_empty();
            }
            Action::DialogDown if self.is_naming => self.is_naming = self.saved.rows.is_empty(),
            Action::Remove if !self.is_naming => return self.remove(),
            _ if !self.is_naming && self.saved.is_moved(action) => {}
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        if !self.field.key(key) {
            return vec![Reaction::Unchanged];
        }
        // What is typed is always a name.
        (self.is_naming, self.message) = (true, None);
        Vec::new()
    }

    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        self.field.paste(text);
        self.is_naming = true;
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let rows = u16::try_from(self.saved.rows.len().max(1)).unwrap_or(u16::MAX).saturating_add(7);
        let size = (SAVED_QUERIES_WIDTH.min(area.width), rows.min(area.height));
        let inner = canvas.dialog(size, " saved queries ", Meaning::Frame);
        let query = if self.query.is_empty() { "nothing: the query line is empty" } else { &*self.query };
        canvas.line(inner, 0, &[("query   ", Meaning::Muted), (query, Meaning::Text)]);
        let label = if self.is_naming { Meaning::Accent } else { Meaning::Muted };
        let used = canvas.line(inner, 1, &[("save as ", label)]);
        let line = Rect { x: inner.x + used, y: inner.y + 1, width: inner.width - used, height: 1 };
        self.field.draw(canvas, line, self.is_naming);
        let list = Rect { y: inner.y + 3, height: inner.height.saturating_sub(4), ..inner };
        if self.saved.rows.is_empty() {
            canvas.line(list, 0, &[("no query of this screen is saved yet", Meaning::Muted)]);
        }
        let names =
            self.saved.rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0).min(QUERY_NAME_COLUMNS);
        self.saved.draw(canvas, list, list.height, |canvas, line, mark, (name, query)| {
            let mark = if self.is_naming { ("  ", Meaning::Muted) } else { mark };
            let pieces =
                [mark, (&*fit(name, names), Meaning::Text), ("  ", Meaning::Text), (query, Meaning::Muted)];
            canvas.line(list, line, &pieces);
        });
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let hint = match (&self.message, self.is_naming) {
            (Some(why), _) => format!("▲ {why}"),
            (None, true) => {
                format!("{} saves · {} to the list", key(Action::Confirm), key(Action::DialogDown))
            }
            (None, false) => format!(
                "{} uses it · {} removes it · {} names a new one",
                key(Action::Confirm),
                key(Action::Remove),
                key(Action::NextField)
            ),
        };
        let meaning = if self.message.is_some() { Meaning::Warn } else { Meaning::Muted };
        canvas.line(inner, inner.height.saturating_sub(1), &[(&hint, meaning)]);
    }
}
