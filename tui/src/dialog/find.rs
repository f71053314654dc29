//! Asks for the text to look for in the rows of a list.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

/// The open dialog.
#[derive(Debug)]
pub struct FindDialog {
    field: TextField,
}

impl FindDialog {
    /// A dialog with this text.
    pub fn new(text: &str) -> Self {
        Self { field: TextField::new(text) }
    }
}

impl Dialog for FindDialog {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Confirm => vec![Reaction::Close, Reaction::Seek(self.field.text().to_owned())],
            _ => vec![Reaction::Unchanged],
        }
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        if self.field.key(key) { Vec::new() } else { vec![Reaction::Unchanged] }
    }

    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        self.field.paste(text);
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let inner = canvas.dialog((58.min(area.width), 6), " find in the rows ", Meaning::Frame);
        let used = canvas.line(inner, 0, &[("text ", Meaning::Accent)]);
        let line = Rect { x: inner.x + used, width: inner.width - used, height: 1, ..inner };
        self.field.draw(canvas, line, true);
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let about = format!(
            "goes to rows that have all words; {} and {} to the others",
            key(Action::FindNext),
            key(Action::FindPrevious)
        );
        canvas.line(inner, 2, &[(&about, Meaning::Muted)]);
        let hint = format!("{} finds · {} cancels", key(Action::Confirm), key(Action::Close));
        canvas.line(inner, 3, &[(&hint, Meaning::Muted)]);
    }
}
