//! The known contexts, to switch to another server in this terminal.

use ratatui::layout::Rect;

use super::choice::Choice;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::text::{fit, width};
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The width of the dialog, in columns, if there is room.
const CONTEXTS_DIALOG_WIDTH: u16 = 90;

/// A context as the dialog shows it.
#[derive(Debug, Clone)]
pub struct ContextRow {
    /// Its name.
    pub name: String,
    /// The context's login name and server.
    pub place: String,
    /// Whether the context is marked as production.
    pub prod: bool,
    /// Whether a session was saved for the context.
    pub has_session: bool,
    /// Whether the context is shown now.
    pub is_shown: bool,
}

/// The open dialog.
#[derive(Debug)]
pub struct Contexts {
    contexts: Choice<ContextRow>,
}

impl Contexts {
    /// A dialog with these contexts; the one that is shown is selected.
    pub fn new(rows: Vec<ContextRow>) -> Self {
        let selected = rows.iter().position(|row| row.is_shown).unwrap_or(0);
        Self { contexts: Choice::new(rows, selected) }
    }
}

impl Dialog for Contexts {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            _ if self.contexts.is_moved(action) => {}
            Action::Confirm | Action::Open => {
                let chosen = self.contexts.selected().map(|row| Reaction::Switch(row.name.clone()));
                return std::iter::once(Reaction::Close).chain(chosen).collect();
            }
            Action::Contexts | Action::Leave => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let rows = u16::try_from(self.contexts.rows.len().max(1)).unwrap_or(u16::MAX).saturating_add(3);
        let inner =
            canvas.dialog((CONTEXTS_DIALOG_WIDTH, rows.min(area.height)), " contexts ", Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        if self.contexts.rows.is_empty() {
            let text = "none is known; create one with: bowline login --server URL --name NAME";
            canvas.wrapped(inner, text, Meaning::Muted);
        }
        let name_columns = self.contexts.rows.iter().map(|row| width(&row.name)).max().unwrap_or(0).min(24);
        self.contexts.draw(canvas, inner, room, |canvas, line, mark, row| {
            let session = if row.has_session {
                ("● logged in  ", Meaning::Good)
            } else {
                ("○ log in     ", Meaning::Muted)
            };
            let pieces = [
                mark,
                (if row.prod { "PROD " } else { "     " }, Meaning::Bad),
                (&*fit(&row.name, name_columns), Meaning::Text),
                (if row.is_shown { " ◂ " } else { "   " }, Meaning::Accent),
                session,
                (&*row.place, Meaning::Muted),
            ];
            canvas.line(inner, line, &pieces);
        });
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let hint = format!(
            "{} switches, in this terminal only · {} closes",
            key(Action::Confirm),
            key(Action::Close)
        );
        canvas.line(inner, room, &[(&hint, Meaning::Muted)]);
    }
}
