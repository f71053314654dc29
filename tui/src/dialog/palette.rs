//! The command palette, which finds actions by a few letters of their name or label.

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::{Action, Entry, LABEL_COLUMNS, registry};
use crate::text::fit;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

/// The open palette.
#[derive(Debug, Default)]
pub struct Palette {
    /// The search text.
    field: TextField,
    /// The index of the chosen match.
    selected: usize,
}

impl Palette {
    /// The actions that work on a screen which names these, and that match the search text, best match first.
    fn matches(&self, actions: &[Action]) -> Vec<&'static Entry> {
        let pattern = Pattern::parse(self.field.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<_> = registry()
            .filter(|entry| entry.works_with(actions))
            .filter_map(|entry| {
                let text = format!("{} {}", entry.name, entry.label);
                let mut buffer = Vec::new();
                pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher).map(|score| (score, entry))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The chosen action.
    fn chosen(&self, actions: &[Action]) -> Option<&'static Entry> {
        self.matches(actions).get(self.selected).copied()
    }

    /// Moves the choice by this many matches.
    fn step(&mut self, by: isize, actions: &[Action]) {
        let last = self.matches(actions).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

impl Dialog for Palette {
    fn key(&mut self, key: KeyEvent, around: &Surroundings<'_>) -> Vec<Reaction> {
        match key.code {
            KeyCode::Enter => {
                let chosen = self.chosen(around.actions);
                let perform = chosen.map(|entry| Reaction::Perform(entry.action));
                return std::iter::once(Reaction::Close).chain(perform).collect();
            }
            KeyCode::Down | KeyCode::Tab => self.step(1, around.actions),
            KeyCode::Up | KeyCode::BackTab => self.step(-1, around.actions),
            _ if self.field.key(key) => self.selected = 0,
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        self.field.paste(text);
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let inner = canvas.dialog((66, 15.min(area.height)), " command ", Meaning::Frame);
        let used = canvas.line(inner, 0, &[(": ", Meaning::Accent)]);
        let line = Rect { x: inner.x + used, width: inner.width - used, height: 1, ..inner };
        self.field.draw(canvas, line, true);
        let found = self.matches(around.actions);
        if found.is_empty() {
            canvas.line(inner, 2, &[("  no matching command", Meaning::Muted)]);
        }
        let rows = Rect { y: inner.y + 2, height: inner.height.saturating_sub(2), ..inner };
        let first = (self.selected + 1).saturating_sub(usize::from(rows.height));
        for (row, (at, entry)) in (0..rows.height).zip(found.iter().enumerate().skip(first)) {
            let chosen = at == self.selected;
            let sign = if chosen { "▶ " } else { "  " };
            let label = fit(entry.label, usize::from(rows.width).saturating_sub(22).max(LABEL_COLUMNS));
            let keys = around.keymap.keys_of(entry.action);
            canvas.line(
                rows,
                row,
                &[
                    (sign, Meaning::Accent),
                    (&label, Meaning::Text),
                    (" ", Meaning::Text),
                    (&keys, Meaning::Muted),
                ],
            );
            if chosen {
                canvas.tint(Rect { y: rows.y + row, height: 1, ..rows }, Meaning::Selected);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::place::ScreenKind;
    use crate::screen::all::Screens;

    #[test]
    fn a_few_letters_find_the_action_and_only_where_it_works() {
        let screens = Screens::default();
        let actions_of = |kind| screens.get(kind).actions();
        let palette = Palette { field: TextField::new("revok"), selected: 0 };
        let chosen = palette.chosen(actions_of(ScreenKind::Accounts));
        assert_eq!(chosen.map(|entry| entry.action), Some(Action::Revoke));
        assert!(palette.chosen(actions_of(ScreenKind::Tenants)).is_none());
        let account = actions_of(ScreenKind::Account);
        assert_eq!(
            Palette::default().matches(account).len(),
            registry().filter(|entry| entry.works_with(account)).count()
        );
    }
}
