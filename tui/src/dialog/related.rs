//! Leads to what belongs to the thing that is shown.

use ratatui::layout::Rect;

use super::choice::Choice;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The width of the dialog, in columns, if there is room.
const RELATED_WIDTH: u16 = 76;

/// A dialog with places to go to.
#[derive(Debug)]
pub struct Related {
    /// What each place shows, the place, and the query there.
    places: Choice<(String, Place, String)>,
}

impl Related {
    /// A dialog with these places: what each shows, the place, and the query there.
    pub fn new(places: Vec<(String, Place, String)>) -> Self {
        Self { places: Choice::new(places, 0) }
    }
}

impl Dialog for Related {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            _ if self.places.is_moved(action) => {}
            Action::Confirm | Action::Open => {
                let chosen = self.places.selected().cloned();
                let go = chosen.map(|(_, place, query)| Reaction::Find { place, query });
                return std::iter::once(Reaction::Close).chain(go).collect();
            }
            Action::Leave | Action::Back => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let rows = u16::try_from(self.places.rows.len()).unwrap_or(u16::MAX).saturating_add(3);
        let inner = canvas.dialog((RELATED_WIDTH, rows.min(area.height)), " go to ", Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        self.places.draw(canvas, inner, room, |canvas, line, mark, (label, ..)| {
            canvas.line(inner, line, &[mark, (label, Meaning::Text)]);
        });
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let hint = format!("{} goes there · {} closes", key(Action::Confirm), key(Action::Close));
        canvas.line(inner, room, &[(&hint, Meaning::Muted)]);
    }
}
