//! Shows a new secret, which the server tells once.

use ratatui::layout::Rect;
use secrecy::{ExposeSecret as _, SecretString};

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::{Canvas, wrap};
use crate::widget::surroundings::Surroundings;

/// The width of the dialog, in columns, if there is room.
const SECRET_DIALOG_WIDTH: u16 = 96;
/// The rows besides the secret: frame, what it is, gaps, hints.
const ROWS_BESIDES_SECRET: u16 = 8;

/// A secret that is shown once. Enter does not close it, so that one which was typed ahead loses nothing.
#[derive(Debug)]
pub struct NewSecret {
    /// What has it, such as `API key`.
    what: &'static str,
    name: String,
    id: String,
    secret: SecretString,
}

impl NewSecret {
    /// The secret of what has this name and id.
    pub fn new(what: &'static str, name: &str, id: &str, secret: &str) -> Self {
        Self { what, name: name.to_owned(), id: id.to_owned(), secret: SecretString::from(secret) }
    }
}

impl Dialog for NewSecret {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::CopyId => vec![Reaction::CopySecret(self.secret.clone())],
            _ => vec![Reaction::Unchanged],
        }
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let columns = SECRET_DIALOG_WIDTH.min(area.width);
        let lines = wrap(self.secret.expose_secret(), columns.saturating_sub(4).max(1));
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(ROWS_BESIDES_SECRET);
        let title = format!(" new {} ", self.what);
        let inner = canvas.dialog((columns, rows.min(area.height)), &title, Meaning::Warn);
        canvas.line(inner, 0, &[(&format!("{} · {}", self.name, self.id), Meaning::Text)]);
        canvas.line(inner, 1, &[("its secret, which is shown only now:", Meaning::Muted)]);
        let room = inner.height.saturating_sub(4);
        for (row, line) in (3..).zip(&lines).take(usize::from(room)) {
            canvas.line(inner, row, &[(line, Meaning::Accent)]);
        }
        let copy = around.keymap.first_key(Action::CopyId).unwrap_or_default();
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        let hints = [
            (&*copy, Meaning::Accent),
            (" copies it  ", Meaning::Muted),
            (&*close, Meaning::Accent),
            (" closes, and it is gone", Meaning::Muted),
        ];
        canvas.line(inner, inner.height.saturating_sub(1), &hints);
    }
}
