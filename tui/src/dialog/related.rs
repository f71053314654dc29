//! Leads to what belongs to the thing that is shown.

use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The width of the dialog, in columns, if there is room.
const WIDTH: u16 = 76;

/// A dialog with places to go to.
#[derive(Debug)]
pub struct Related {
    /// What each place shows, the place, and the query there.
    places: Vec<(String, Place, String)>,
    selected: usize,
}

impl Related {
    /// A dialog with these places: what each shows, the place, and the query there.
    pub fn new(places: Vec<(String, Place, String)>) -> Self {
        Self { places, selected: 0 }
    }

    fn step(&mut self, by: isize) {
        let last = self.places.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

impl Dialog for Related {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Down | Action::DialogDown | Action::NextField => self.step(1),
            Action::Up | Action::DialogUp | Action::PreviousField => self.step(-1),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::Confirm | Action::Open => {
                let chosen = self.places.get(self.selected).cloned();
                let go = chosen.map(|(_, place, query)| Reaction::Find { place, query });
                return std::iter::once(Reaction::Close).chain(go).collect();
            }
            Action::Leave | Action::Back => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let rows = u16::try_from(self.places.len()).unwrap_or(u16::MAX).saturating_add(3);
        let inner = canvas.dialog((WIDTH, rows.min(area.height)), " go to ", Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        let first = (self.selected + 1).saturating_sub(usize::from(room));
        for (row, (at, (label, ..))) in (0..room).zip(self.places.iter().enumerate().skip(first)) {
            let sign = if at == self.selected { "▶ " } else { "  " };
            canvas.line(inner, row, &[(sign, Meaning::Accent), (label, Meaning::Text)]);
            if at == self.selected {
                canvas.select(Rect { y: inner.y + row, height: 1, ..inner });
            }
        }
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let hint = format!("{} goes there · {} closes", key(Action::Confirm), key(Action::Close));
        canvas.line(inner, room, &[(&hint, Meaning::Muted)]);
    }
}
