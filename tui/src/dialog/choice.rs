//! Rows of a dialog, of which one is selected.

use ratatui::layout::Rect;

use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;

/// The rows, and which of them is selected.
#[derive(Debug)]
pub(super) struct Choice<T> {
    pub(super) rows: Vec<T>,
    selected: usize,
}

impl<T> Choice<T> {
    /// These rows, with this one selected.
    pub(super) fn new(rows: Vec<T>, selected: usize) -> Self {
        Self { rows, selected }
    }

    /// The selected row; `None` if there is none at all.
    pub(super) fn selected(&self) -> Option<&T> {
        self.rows.get(self.selected)
    }

    /// The selected row, to change it.
    pub(super) fn selected_mut(&mut self) -> Option<&mut T> {
        self.rows.get_mut(self.selected)
    }

    /// Moves the selected row by this many places among the others.
    pub(super) fn carry(&mut self, by: isize) {
        let before = self.selected;
        self.step(by);
        if before < self.rows.len() {
            let row = self.rows.remove(before);
            self.rows.insert(self.selected, row);
        }
    }

    /// Takes the selected row out.
    pub(super) fn remove(&mut self) -> Option<T> {
        let removed = (self.selected < self.rows.len()).then(|| self.rows.remove(self.selected));
        self.step(0);
        removed
    }

    /// Selects another row, at most the first or the last one.
    pub(super) fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Selects another row, if that is what the action does.
    pub(super) fn is_moved(&mut self, action: Action) -> bool {
        match action {
            Action::Down | Action::DialogDown | Action::NextField => self.step(1),
            Action::Up | Action::DialogUp | Action::PreviousField => self.step(-1),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            _ => return false,
        }
        true
    }

    /// Draws as many rows as there is room for, the selected one among them, from what `row` does with the mark of each.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_, '_>,
        area: Rect,
        room: u16,
        row: impl Fn(&mut Canvas<'_, '_>, u16, (&str, Meaning), &T),
    ) {
        let first = (self.selected + 1).saturating_sub(usize::from(room));
        for (line, (at, value)) in (0..room).zip(self.rows.iter().enumerate().skip(first)) {
            let is_selected = at == self.selected;
            row(canvas, line, (if is_selected { "▶ " } else { "  " }, Meaning::Accent), value);
            if is_selected {
                canvas.select(Rect { y: area.y + line, height: 1, ..area });
            }
        }
    }
}
