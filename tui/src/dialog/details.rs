//! Shows labels and texts in full, however small the terminal is.

use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::text::{fit, sanitize, width};
use crate::theme::Meaning;
use crate::widget::canvas::{Canvas, wrap};
use crate::widget::surroundings::Surroundings;

/// The greatest width of a label, in columns.
const LABEL_COLUMNS: usize = 14;
/// The width of the dialog, in columns, if there is room.
const DETAILS_WIDTH: u16 = 96;
/// The rows of the frame and of the hints.
const DETAILS_FRAME_ROWS: u16 = 3;

/// A dialog that shows labels and texts in full.
#[derive(Debug)]
pub struct Details {
    title: &'static str,
    pairs: Vec<(String, String, Meaning)>,
    scroll: usize,
}

type DetailLine = (String, String, Meaning);

impl Details {
    /// A dialog with these labels and texts.
    pub fn new(title: &'static str, pairs: Vec<(String, String, Meaning)>) -> Self {
        Self { title, pairs, scroll: 0 }
    }

    /// The lines in a dialog of this width.
    fn detail_lines(&self, columns: u16) -> Vec<DetailLine> {
        let label_columns =
            self.pairs.iter().map(|(label, ..)| width(label)).max().unwrap_or(0).min(LABEL_COLUMNS);
        let room = usize::from(columns).saturating_sub(label_columns + 1).max(8);
        let mut lines = Vec::new();
        for (label, text, meaning) in &self.pairs {
            let rows = wrap(&sanitize(text), u16::try_from(room).unwrap_or(u16::MAX));
            for (at, row) in rows.into_iter().enumerate() {
                let label = if at == 0 { fit(label, label_columns) } else { " ".repeat(label_columns) };
                lines.push((label, row, *meaning));
            }
        }
        lines
    }

    fn scroll_by(&mut self, by: isize, around: &Surroundings<'_>) {
        let lines = self.detail_lines(inner_columns(around.columns)).len();
        self.scroll = self.scroll.saturating_add_signed(by).min(lines.saturating_sub(1));
    }
}

fn inner_columns(terminal: u16) -> u16 {
    DETAILS_WIDTH.min(terminal).saturating_sub(4)
}

impl Dialog for Details {
    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Down | Action::DialogDown => self.scroll_by(1, around),
            Action::Up | Action::DialogUp => self.scroll_by(-1, around),
            Action::PageDown => self.scroll_by(10, around),
            Action::PageUp => self.scroll_by(-10, around),
            Action::First => self.scroll = 0,
            Action::Last => self.scroll_by(isize::MAX, around),
            Action::Confirm | Action::Details | Action::Leave | Action::Open => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let lines = self.detail_lines(inner_columns(around.columns));
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(DETAILS_FRAME_ROWS);
        let inner = canvas.dialog((DETAILS_WIDTH, rows.min(area.height)), self.title, Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        let first = self.scroll.min(lines.len().saturating_sub(usize::from(room)));
        for (row, (label, text, meaning)) in (0..room).zip(lines.iter().skip(first)) {
            let pieces = [(label.as_str(), Meaning::Muted), (" ", Meaning::Text), (text.as_str(), *meaning)];
            canvas.line(inner, row, &pieces);
        }
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        let hint = if lines.len() > usize::from(room) {
            format!("j k scroll · {close} closes · line {} of {}", first + 1, lines.len())
        } else {
            format!("{close} closes")
        };
        canvas.line(inner, room, &[(&hint, Meaning::Muted)]);
    }
}
