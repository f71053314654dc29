//! The help, which lists the keys of all actions in the registry.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::{Danger, Group, LABEL_COLUMNS, registry};
use crate::text::fit;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The width of the keys in columns, if there is room.
const KEYS_COLUMNS: usize = 18;
/// The greatest number of lines that the help can be scrolled down.
const MAX_SCROLL: u16 = 60;

/// The open help.
#[derive(Debug, Default)]
pub struct Help {
    /// How many lines it is scrolled down.
    scroll: u16,
}

impl Dialog for Help {
    fn key(&mut self, key: KeyEvent, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.scroll = (self.scroll + 1).min(MAX_SCROLL),
            KeyCode::Up | KeyCode::Char('k') => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::Char('?' | 'q') | KeyCode::Enter => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn paste(&mut self, _text: &str) -> Vec<Reaction> {
        vec![Reaction::Unchanged]
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let mut lines = Vec::new();
        for group in Group::ALL {
            lines.push((group.title().to_owned(), String::new(), Meaning::Heading));
            for entry in registry().filter(|e| e.group == group) {
                let keys = around.keymap.keys_of(entry.action);
                let here = entry.works_with(around.actions);
                let meaning = match (here, entry.danger) {
                    (false, _) => Meaning::Muted,
                    (true, Danger::Irreversible) => Meaning::Bad,
                    (true, Danger::Reads) => Meaning::Text,
                };
                lines.push((keys, entry.label.to_owned(), meaning));
            }
        }
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(3);
        let inner = canvas.dialog((66, rows.min(area.height)), " keys ", Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        let scroll = usize::from(self.scroll).min(lines.len().saturating_sub(usize::from(room)));
        // Two columns of indent and one between keys and label.
        let keys_columns = usize::from(inner.width).saturating_sub(LABEL_COLUMNS + 3).min(KEYS_COLUMNS);
        for (row, (keys, label, meaning)) in (0..room).zip(lines.iter().skip(scroll)) {
            if label.is_empty() {
                canvas.line(inner, row, &[(keys, *meaning)]);
            } else {
                let keys = fit(keys, keys_columns);
                let indent = ("  ", Meaning::Text);
                canvas.line(
                    inner,
                    row,
                    &[indent, (&keys, Meaning::Accent), (" ", Meaning::Text), (label, *meaning)],
                );
            }
        }
        canvas.line(
            inner,
            room,
            &[("j k scroll · esc closes · change keys in config.toml [keys]", Meaning::Muted)],
        );
    }
}
