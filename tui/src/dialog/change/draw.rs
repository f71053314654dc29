//! What the dialog that makes a change looks like.

use ratatui::layout::Rect;

use crate::danger::Danger;
use crate::dialog::confirmation::end_of;
use crate::registry::action::Action;
use crate::text::{sanitize, width};
use crate::theme::Meaning;
use crate::widget::canvas::{Canvas, wrap};
use crate::widget::surroundings::Surroundings;

use super::fields::Purpose;
use super::form::ChangeDialog;

/// The width of a label, in columns.
const LABEL: u16 = 18;
/// The least width of a field beside its label, in columns. If the label leaves less, the field stands below it.
const FIELD: u16 = 16;
/// The width of the dialog, in columns, if there is room.
const WIDTH: u16 = 70;
/// The columns of the frame, with its padding.
const FRAME: u16 = 4;
/// The columns before a label.
const SIGN: u16 = 2;
/// The rows besides the fields and what is changed: frame, warning, message, hints.
const OTHER_ROWS: u16 = 9;

/// A label in lines, and whether its field stands below it.
struct Label {
    lines: Vec<String>,
    is_above: bool,
}

impl Label {
    fn of(text: &str, columns: u16) -> Self {
        let room = columns.saturating_sub(SIGN + FIELD + 1);
        if width(text) <= usize::from(room) {
            return Self { lines: vec![text.to_owned()], is_above: false };
        }
        Self { lines: wrap(&sanitize(text), columns.saturating_sub(SIGN).max(1)), is_above: true }
    }

    fn rows(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_add(u16::from(self.is_above))
    }
}

impl ChangeDialog {
    pub(super) fn draw_on(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let meaning = if self.act.danger() >= Danger::Irreversible { Meaning::Bad } else { Meaning::Warn };
        let title = format!(" {} ", self.verb);
        let columns = WIDTH.min(area.width);
        let labels: Vec<_> = self
            .fields
            .iter()
            .map(|(purpose, ..)| Label::of(&self.label(purpose), columns.saturating_sub(FRAME)))
            .collect();
        let fields = labels.iter().map(Label::rows).fold(0, u16::saturating_add);
        let about = u16::try_from(self.about.len())
            .unwrap_or(u16::MAX)
            .saturating_add(1 + u16::from(!self.id.is_empty()));
        let rows = about.saturating_add(fields).saturating_add(OTHER_ROWS).min(area.height);
        let inner = canvas.dialog((columns, rows), &title, meaning);
        let about = rows.saturating_sub(fields.saturating_add(OTHER_ROWS));
        self.draw_about(canvas, Rect { height: about, ..inner });
        canvas.wrapped(Rect { y: inner.y + about, height: 3, ..inner }, self.warning, Meaning::Warn);
        let first_field = about + 3;
        self.draw_fields(canvas, inner, first_field, &labels);
        let top = first_field.saturating_add(fields).min(inner.height);
        let message = Rect { y: inner.y + top, height: 3.min(inner.height - top), ..inner };
        let confirm = around.keymap.first_key(Action::Confirm).unwrap_or_default();
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        if self.awaited.is_some() {
            canvas.wrapped(message, &self.waiting(around, &close), Meaning::Busy);
        } else if let Some(text) = &self.message {
            canvas.wrapped(message, text, Meaning::Warn);
        } else if self.missing().is_none() {
            let text = format!("ready: press {confirm} to {}", self.verb);
            canvas.line(message, 0, &[(&text, meaning)]);
        }
        let next = around.keymap.first_key(Action::NextField).unwrap_or_default();
        let mut hints = Vec::new();
        if labels.len() > 1 {
            hints.extend([(&*next, Meaning::Accent), (" next field  ", Meaning::Muted)]);
        }
        hints.extend([(&*close, Meaning::Accent), (" cancel", Meaning::Muted)]);
        canvas.line(inner, inner.height.saturating_sub(1), &hints);
    }

    /// What the dialog waits for, and what the operator has to do meanwhile.
    fn waiting(&self, around: &Surroundings<'_>, close: &str) -> String {
        let key = around.keymap.first_key(Action::SignOnBrowser).unwrap_or_default();
        match &self.step {
            _ if !self.is_before_act() => {
                format!("… sent, waiting for the outcome ({close} closes; a notice will tell it)")
            }
            Some(step) => format!("{}; {close} gives up", step.words(&key)),
            None => format!("… beginning the login ({close} gives up)"),
        }
    }

    /// Draws the id and the lines about what is changed.
    fn draw_about(&self, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let mut row = 0;
        if !self.id.is_empty() {
            let (head, tail) = self.id.split_at(self.id.len() - end_of(&self.id).len());
            canvas.line(area, 0, &[("  ", Meaning::Text), (head, Meaning::Text), (tail, Meaning::Bad)]);
            row = 1;
        }
        let room = usize::from(area.height.saturating_sub(row));
        for (at, text) in self.about.iter().enumerate().take(room) {
            let left = self.about.len() - at;
            let more = format!("… and {left} more");
            let is_last = at + 1 == room && left > 1;
            let meaning = if at == 0 { Meaning::Text } else { Meaning::Muted };
            canvas.line(area, row, &[("  ", Meaning::Text), (if is_last { &more } else { text }, meaning)]);
            row += 1;
        }
    }

    fn label(&self, purpose: Purpose) -> String {
        let text = match purpose {
            Purpose::Name => "name",
            Purpose::Role => "role",
            Purpose::Permissions => "permissions",
            Purpose::Hours => "hours of overlap",
            Purpose::Reason => "reason (required)",
            Purpose::ReturnUrls => "return URLs",
            Purpose::Secret => "new app secret",
            Purpose::NewPassword => "their new password",
            Purpose::NewPasswordAgain => "the same again",
            Purpose::Phrase => return format!("type {}", self.expected()),
            Purpose::Password => "your own password",
            Purpose::Code => "one-time code",
            Purpose::Anew => "log in anew by",
        };
        text.to_owned()
    }

    fn draw_fields(&self, canvas: &mut Canvas<'_, '_>, inner: Rect, first: u16, labels: &[Label]) {
        let mut row = first;
        for ((purpose, field, focused), label) in self.fields.iter().zip(labels) {
            let meaning = if focused { Meaning::Accent } else { Meaning::Muted };
            for (at, text) in (row..).zip(&label.lines) {
                let sign = if focused && at == row { "▶ " } else { "  " };
                canvas.line(inner, at, &[(sign, Meaning::Accent), (text, meaning)]);
            }
            row = row.saturating_add(label.rows());
            let beside = label.lines.iter().map(|text| width(text) + 1).max().unwrap_or(0);
            let beside = if label.is_above { 0 } else { u16::try_from(beside).unwrap_or(LABEL).max(LABEL) };
            let x = inner.x + SIGN + beside;
            let y = inner.y + row.saturating_sub(1);
            let height = u16::from(y < inner.bottom());
            let line = Rect { x, y, width: inner.right().saturating_sub(x), height };
            if purpose.is_masked() {
                field.draw_masked(canvas, line, focused);
            } else {
                field.draw(canvas, line, focused);
            }
        }
    }
}
