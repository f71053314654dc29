//! Chooses which columns a list has, and in which order.

use ratatui::layout::Rect;

use super::choice::Choice;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The width of the dialog, in columns.
const COLUMNS_DIALOG_WIDTH: u16 = 58;

/// A column, and whether it is shown.
#[derive(Debug, Clone)]
struct ColumnChoice {
    title: &'static str,
    is_shown: bool,
}

/// The open dialog.
#[derive(Debug)]
pub struct Columns {
    /// The columns of the screen, and whether it shows them by itself.
    all: Vec<(&'static str, bool)>,
    choice: Choice<ColumnChoice>,
    /// Why the columns were not changed.
    message: Option<&'static str>,
}

impl Columns {
    /// A dialog for these columns, of which those with the chosen names come first.
    pub fn new(all: Vec<(&'static str, bool)>, chosen: &[String]) -> Self {
        let choice = Choice::new(column_choices(&all, chosen), 0);
        Self { all, choice, message: None }
    }

    /// The names that are chosen; none if that is what the screen has by itself.
    fn chosen_columns(&self) -> Vec<String> {
        let shown: Vec<_> = self.choice.rows.iter().filter(|row| row.is_shown).map(|row| row.title).collect();
        let own: Vec<_> =
            self.all.iter().filter(|(_, is_shown)| *is_shown).map(|(title, _)| *title).collect();
        if shown == own { Vec::new() } else { shown.into_iter().map(str::to_lowercase).collect() }
    }

    fn toggle_column(&mut self) {
        let shown = self.choice.rows.iter().filter(|row| row.is_shown).count();
        let Some(row) = self.choice.selected_mut() else { return };
        if row.is_shown && shown == 1 {
            self.message = Some("one column has to stay");
            return;
        }
        row.is_shown = !row.is_shown;
    }
}

/// The columns, the chosen ones first and in their order.
fn column_choices(all: &[(&'static str, bool)], chosen: &[String]) -> Vec<ColumnChoice> {
    let named =
        |name: &String| all.iter().map(|(title, _)| *title).find(|title| title.to_lowercase() == *name);
    let mut rows: Vec<_> =
        chosen.iter().filter_map(named).map(|title| ColumnChoice { title, is_shown: true }).collect();
    let is_default = rows.is_empty();
    for (title, is_own) in all {
        if !rows.iter().any(|row| row.title == *title) {
            rows.push(ColumnChoice { title, is_shown: is_default && *is_own });
        }
    }
    rows
}

impl Dialog for Columns {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        self.message = None;
        match action {
            _ if self.choice.is_moved(action) => {}
            Action::Mark => self.toggle_column(),
            Action::Back => self.choice.carry(-1),
            Action::Open => self.choice.carry(1),
            Action::Refresh => self.choice = Choice::new(column_choices(&self.all, &[]), 0),
            Action::Confirm => return vec![Reaction::Close, Reaction::Columns(self.chosen_columns())],
            Action::Columns | Action::Leave => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let rows = u16::try_from(self.choice.rows.len()).unwrap_or(u16::MAX).saturating_add(5);
        let inner = canvas.dialog((COLUMNS_DIALOG_WIDTH, rows.min(area.height)), " columns ", Meaning::Frame);
        let room = inner.height.saturating_sub(3);
        self.choice.draw(canvas, inner, room, |canvas, line, mark, row| {
            let (sign, meaning) =
                if row.is_shown { ("[x] ", Meaning::Text) } else { ("[ ] ", Meaning::Muted) };
            canvas.line(inner, line, &[mark, (sign, meaning), (row.title, meaning)]);
        });
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let first = self.message.map_or_else(
            || {
                format!(
                    "{} shows or hides · {} {} move it left, right",
                    key(Action::Mark),
                    key(Action::Back),
                    around.keymap.keys_of(Action::Open).split(' ').nth(1).unwrap_or_default()
                )
            },
            ToOwned::to_owned,
        );
        let second = format!(
            "{} keeps this · {} cancels · {} as it was at first",
            key(Action::Confirm),
            key(Action::Close),
            key(Action::Refresh)
        );
        let meaning = if self.message.is_some() { Meaning::Warn } else { Meaning::Muted };
        canvas.line(inner, room + 1, &[(&first, meaning)]);
        canvas.line(inner, room + 2, &[(&second, Meaning::Muted)]);
    }
}
