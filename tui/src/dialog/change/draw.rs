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

/// The width of a field's label in the dialog, in columns.
const LABEL_COLUMNS: u16 = 18;
/// The least width of a field beside its label, in columns. If the label leaves less, the field stands below it.
const FIELD_COLUMNS: u16 = 16;
/// The width of the dialog, in columns, if there is room.
const CHANGE_DIALOG_WIDTH: u16 = 70;
/// The columns of the frame, with its padding.
const DIALOG_FRAME_COLUMNS: u16 = 4;
/// The columns before the label of a dialog's field.
const LABEL_SIGN_COLUMNS: u16 = 2;
/// The rows of the frame and of the hints.
const DIALOG_FRAME_ROWS: u16 = 3;
/// The greatest number of rows of the warning, and of the message.
const WARNING_ROWS: u16 = 3;

/// The rows of the parts of the dialog, from top to bottom.
struct Parts {
    about: u16,
    warning: u16,
    fields: u16,
    message: u16,
}

/// A label in lines, and whether its field stands below it.
struct Label {
    lines: Vec<String>,
    is_above: bool,
}

impl Label {
    fn of(text: &str, columns: u16) -> Self {
        let room = columns.saturating_sub(LABEL_SIGN_COLUMNS + FIELD_COLUMNS + 1);
        if width(text) <= usize::from(room) {
            return Self { lines: vec![text.to_owned()], is_above: false };
        }
        Self {
            lines: wrap(&sanitize(text), columns.saturating_sub(LABEL_SIGN_COLUMNS).max(1)),
            is_above: true,
        }
    }

    fn label_rows(&self) -> u16 {
        to_rows(self.lines.len()).saturating_add(u16::from(self.is_above))
    }
}

fn to_rows(lines: usize) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX)
}

impl ChangeDialog {
    pub(super) fn draw_on(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let meaning = if self.act.danger() >= Danger::Irreversible { Meaning::Bad } else { Meaning::Warn };
        let title = format!(" {} ", self.action());
        let columns = CHANGE_DIALOG_WIDTH.min(area.width);
        let inside = columns.saturating_sub(DIALOG_FRAME_COLUMNS);
        let labels: Vec<_> =
            self.fields.iter().map(|(purpose, ..)| Label::of(&self.label(purpose), inside)).collect();
        let fields = labels.iter().map(Label::label_rows).fold(0, u16::saturating_add);
        let lines = self.about_lines(inside);
        let parts = self.rows_of_parts(to_rows(lines.len()), fields, inside, area.height);
        let rows = parts.about + parts.warning + parts.fields + parts.message + DIALOG_FRAME_ROWS;
        let inner = canvas.dialog((columns, rows.min(area.height)), &title, meaning);
        self.draw_about(around, canvas, Rect { height: parts.about, ..inner }, &lines);
        let warning = Rect { y: inner.y + parts.about, height: parts.warning, ..inner };
        canvas.wrapped(warning, self.warning, Meaning::Warn);
        let first_field = parts.about + parts.warning;
        self.draw_fields(canvas, inner, first_field, &labels);
        let top = first_field.saturating_add(fields).min(inner.height);
        let message = Rect { y: inner.y + top, height: WARNING_ROWS.min(inner.height - top), ..inner };
        let confirm = around.keymap.first_key(Action::Confirm).unwrap_or_default();
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        if self.awaited.is_some() {
            canvas.wrapped(message, &self.waiting_words(around, &close), Meaning::Busy);
        } else if let Some(text) = &self.message {
            canvas.wrapped(message, text, Meaning::Warn);
        } else if self.missing().is_none() {
            let text = format!("ready: press {confirm} to {}", self.action());
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
    fn waiting_words(&self, around: &Surroundings<'_>, close: &str) -> String {
        let key = around.keymap.first_key(Action::SignOnBrowser).unwrap_or_default();
        match &self.step {
            _ if !self.is_before_act() => {
                format!("… sent, waiting for the outcome ({close} closes; a notice will tell it)")
            }
            Some(step) => format!("{}; {close} gives up", step.words(&key)),
            None => format!("… beginning the login ({close} gives up)"),
        }
    }

    /// The rows of each part. Where there is no room for all, blank rows go first, and then what is changed scrolls.
    fn rows_of_parts(&self, about: u16, fields: u16, inside: u16, height: u16) -> Parts {
        let roomy = about.saturating_add(1 + fields + 2 * WARNING_ROWS + DIALOG_FRAME_ROWS);
        if roomy <= height {
            return Parts { about: about + 1, warning: WARNING_ROWS, fields, message: WARNING_ROWS };
        }
        let rows_of = |text: &str| to_rows(wrap(&sanitize(text), inside.max(1)).len()).min(WARNING_ROWS);
        let warning = rows_of(self.warning);
        let message = self.message.as_deref().map_or(1, rows_of);
        let left = height.saturating_sub(fields + warning + message + DIALOG_FRAME_ROWS);
        Parts { about: about.min(left), warning, fields, message }
    }

    /// The lines about what is changed, after that of its id.
    fn about_lines(&self, inside: u16) -> Vec<(String, Meaning)> {
        let room = inside.saturating_sub(LABEL_SIGN_COLUMNS).max(1);
        let mut lines = Vec::new();
        lines.extend((!self.id.is_empty()).then(|| (self.id.clone(), Meaning::Text)));
        for (at, text) in self.about.iter().enumerate() {
            let meaning = if at == 0 { Meaning::Text } else { Meaning::Muted };
            lines.extend(wrap(&sanitize(text), room).into_iter().map(|line| (line, meaning)));
        }
        lines
    }

    /// Scrolls what is changed.
    pub(super) fn scroll_by(&mut self, by: isize, around: &Surroundings<'_>) {
        let lines = self
            .about_lines(CHANGE_DIALOG_WIDTH.min(around.columns).saturating_sub(DIALOG_FRAME_COLUMNS))
            .len();
        self.scroll = self.scroll.saturating_add_signed(by).min(lines.saturating_sub(1));
    }

    /// Draws the lines about what is changed, as many as there is room for.
    fn draw_about(
        &self,
        around: &Surroundings<'_>,
        canvas: &mut Canvas<'_, '_>,
        area: Rect,
        lines: &[(String, Meaning)],
    ) {
        let room = usize::from(area.height);
        let is_cut = lines.len() > room;
        let shown = if is_cut { room.saturating_sub(1) } else { room };
        let first = self.scroll.min(lines.len().saturating_sub(shown));
        for (row, (at, (text, meaning))) in (0..).zip(lines.iter().enumerate().skip(first).take(shown)) {
            let id_end = end_of(&self.id).len();
            if at == 0 && !self.id.is_empty() {
                let (head, tail) = text.split_at(text.len() - id_end);
                canvas.line(area, row, &[("  ", Meaning::Text), (head, Meaning::Text), (tail, Meaning::Bad)]);
            } else {
                canvas.line(area, row, &[("  ", Meaning::Text), (text, *meaning)]);
            }
        }
        if is_cut {
            let key = |action| around.keymap.first_key(action).unwrap_or_default();
            let (down, up) = (key(Action::DialogPageDown), key(Action::DialogPageUp));
            let text = format!("  lines {} to {} of {}: {down} {up}", first + 1, first + shown, lines.len());
            canvas.line(area, area.height.saturating_sub(1), &[(&text, Meaning::Accent)]);
        }
    }

    fn label(&self, purpose: Purpose) -> String {
        let text = match purpose {
            Purpose::Name => "name",
            Purpose::Role => "role",
            Purpose::Permissions => "permissions",
            Purpose::Hours => "hours of overlap",
            Purpose::Switch => "on or off",
            Purpose::Times => "times its habit",
            Purpose::Least => "least a minute",
            Purpose::Minutes => "minutes from now",
            Purpose::OnlyKey => "only this key",
            Purpose::Reason => "reason (required)",
            Purpose::ReturnUrls => "return URLs",
            Purpose::Url => "URL",
            Purpose::Events => "types of events",
            Purpose::Connector => "only of connector",
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
            row = row.saturating_add(label.label_rows());
            let beside = label.lines.iter().map(|text| width(text) + 1).max().unwrap_or(0);
            let beside = if label.is_above {
                0
            } else {
                u16::try_from(beside).unwrap_or(LABEL_COLUMNS).max(LABEL_COLUMNS)
            };
            let x = inner.x + LABEL_SIGN_COLUMNS + beside;
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
