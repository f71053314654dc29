//! The dialog that makes a change: the operator sees what is changed and what follows, fills in what is needed, and types
//! the end of the id before a change that cannot be undone.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use secrecy::SecretString;

use crate::client::{Act, Answer, Failure};
use crate::danger::Danger;
use crate::dialog::confirmation::{end_of, is_reason, reason_length};
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::text::width;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

use super::warning::warning;

/// The width of a label, in columns.
const LABEL: u16 = 18;
/// The width of the dialog, in columns, if there is room.
const WIDTH: u16 = 70;

/// The rows besides the fields and what is changed: frame, warning, message, hints.
const OTHER_ROWS: u16 = 9;

/// What a field of the dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The reason, which the audit log records.
    Reason,
    /// A secret, drawn as dots.
    Secret,
    /// The phrase, which must be typed: the end of the id, or for an act on many accounts what it does.
    Phrase,
    /// The operator's own password, drawn as dots.
    Password,
    /// A one-time code, once the server has asked for one.
    Code,
}

/// The dialog that makes a change.
#[derive(Debug)]
pub struct ChangeDialog {
    /// The change, without what the fields add.
    act: Act,
    /// The verb, such as `revoke`.
    verb: &'static str,
    /// What is changed: a name for notices.
    name: String,
    /// The id of what is changed; empty if it has none.
    id: String,
    /// The phrase to type, where the change needs one.
    phrase: String,
    /// Lines about what is changed; the last ones are left out where there is no room.
    about: Vec<String>,
    /// What follows.
    warning: &'static str,
    /// The fields in order.
    fields: Vec<(Purpose, TextField)>,
    /// The index of the field that receives keys.
    focus: usize,
    /// What comes after the change is made.
    next: fn(&Act, &Answer) -> Vec<Reaction>,
    /// The number of the act while it is in flight.
    awaited: Option<u64>,
    /// What is missing, or why the change failed.
    pub message: Option<String>,
}

impl ChangeDialog {
    /// A dialog about this change of what `name` and `id` stand for.
    pub(super) fn new(
        act: Act,
        verb: &'static str,
        (name, id): (String, String),
        about: impl Into<Vec<String>>,
    ) -> Self {
        let needs_phrase = act.danger() >= Danger::Irreversible || matches!(act, Act::FreezeTenant { .. });
        let needs_password = act.danger() == Danger::Bulk;
        let first = match &act {
            Act::ReplaceSecret { .. } => Some(Purpose::Secret),
            Act::RevokeApiKey { .. }
            | Act::DisableOperator { .. }
            | Act::EnableOperator { .. }
            | Act::EndSession { .. }
            | Act::EndSessions { .. }
            | Act::ConfirmJob { .. }
            | Act::ApproveJob { .. }
            | Act::RetryJob { .. } => None,
            _ => Some(Purpose::Reason),
        };
        let purposes = first
            .into_iter()
            .chain(needs_phrase.then_some(Purpose::Phrase))
            .chain(needs_password.then_some(Purpose::Password));
        Self {
            phrase: end_of(&id).to_owned(),
            warning: warning(&act),
            act,
            verb,
            name,
            id,
            about: about.into(),
            fields: purposes.map(|purpose| (purpose, TextField::default())).collect(),
            focus: 0,
            next: |_, _| Vec::new(),
            awaited: None,
            message: None,
        }
    }

    /// The same, which asks for something once the change is made.
    #[must_use]
    pub(super) fn followed_by(self, next: fn(&Act, &Answer) -> Vec<Reaction>) -> Self {
        Self { next, ..self }
    }

    /// The text of a field.
    pub fn text_of(&self, purpose: Purpose) -> &str {
        self.fields.iter().find(|(own, _)| *own == purpose).map_or("", |(_, field)| field.text())
    }

    /// The same with this phrase instead of the end of the id.
    #[must_use]
    pub(super) fn typed(self, phrase: String) -> Self {
        Self { phrase, ..self }
    }

    /// The text to type. By default it is the end of the id, which nobody chooses, unlike a name.
    pub fn expected(&self) -> &str {
        &self.phrase
    }

    /// What is still missing before the change can be sent.
    pub fn missing(&self) -> Option<String> {
        self.fields.iter().find_map(|(purpose, field)| match purpose {
            Purpose::Reason if !is_reason(field.text()) => {
                Some(format!("a reason of {} is needed", reason_length()))
            }
            Purpose::Secret if field.text().trim().is_empty() => Some("the secret is missing".to_owned()),
            Purpose::Phrase if field.text() != self.expected() => {
                Some(format!("type {} to confirm", self.expected()))
            }
            Purpose::Password if field.text().is_empty() => Some("your own password is missing".to_owned()),
            Purpose::Code if field.text().is_empty() => Some("a one-time code is missing".to_owned()),
            _ => None,
        })
    }

    /// The change with what the fields add.
    fn complete(&self) -> Act {
        let mut act = self.act.clone();
        let typed_reason = self.text_of(Purpose::Reason).trim().to_owned();
        match &mut act {
            Act::Revoke { reason, .. }
            | Act::SuspendAccount { reason, .. }
            | Act::ResumeAccount { reason, .. }
            | Act::MigrateAccount { reason, .. }
            | Act::LiftFreeze { reason, .. }
            | Act::FreezeTenant { reason, .. }
            | Act::ThawTenant { reason, .. }
            | Act::ResumeApiKey { reason, .. }
            | Act::AnnounceFetch { reason, .. }
            | Act::DisableConnector { reason, .. }
            | Act::EnableConnector { reason, .. }
            | Act::RemoveConnector { reason, .. }
            | Act::StopJob { reason, .. } => *reason = typed_reason,
            Act::PrepareJob { wanted } => wanted.reason = typed_reason,
            Act::SetDrainStop { wanted, .. } => wanted.reason = typed_reason,
            Act::ConfirmJob { proof, .. } | Act::ApproveJob { proof, .. } | Act::RetryJob { proof, .. } => {
                proof.password = SecretString::from(self.text_of(Purpose::Password));
                let code = self.text_of(Purpose::Code).trim();
                proof.code = (!code.is_empty()).then(|| SecretString::from(code));
            }
            Act::ReplaceSecret { secret, .. } => {
                *secret = SecretString::from(self.text_of(Purpose::Secret).trim());
            }
            Act::EditConnector { .. }
            | Act::RevokeApiKey { .. }
            | Act::DisableOperator { .. }
            | Act::EnableOperator { .. }
            | Act::EndSession { .. }
            | Act::EndSessions { .. }
            | Act::ChangePassword { .. } => {}
        }
        act
    }

    fn move_focus(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        self.focus = (self.focus + if forward { 1 } else { count - 1 }) % count;
    }

    fn confirm(&mut self) -> Vec<Reaction> {
        if self.focus + 1 < self.fields.len() {
            self.move_focus(true);
            return Vec::new();
        }
        self.message = self.missing();
        match self.message {
            Some(_) => Vec::new(),
            None => {
                vec![Reaction::Act { act: self.complete(), name: format!("{} {}", self.verb, self.name) }]
            }
        }
    }
}

impl Dialog for ChangeDialog {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        if self.awaited.is_some() {
            return vec![Reaction::Unchanged];
        }
        match action {
            Action::NextField | Action::DialogDown => self.move_focus(true),
            Action::PreviousField | Action::DialogUp => self.move_focus(false),
            Action::Confirm => return self.confirm(),
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        let field = self.fields.get_mut(self.focus).filter(|_| self.awaited.is_none());
        if !field.is_some_and(|(_, field)| field.key(key)) {
            return vec![Reaction::Unchanged];
        }
        self.message = None;
        Vec::new()
    }

    /// Pastes into a reason or a secret. The end of the id must be typed, so a paste empties it.
    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        match self.fields.get_mut(self.focus) {
            _ if self.awaited.is_some() => {}
            None => {}
            Some((Purpose::Phrase, field)) => {
                *field = TextField::default();
                self.message = Some("pasting does not confirm; type it".to_owned());
            }
            Some((_, field)) => field.paste(text),
        }
        Vec::new()
    }

    fn is_typed_by_hand(&self) -> bool {
        self.fields.get(self.focus).is_some_and(|(purpose, _)| *purpose == Purpose::Phrase)
    }

    fn act(&self) -> Option<&Act> {
        Some(&self.act)
    }

    fn awaited(&self) -> Option<u64> {
        self.awaited
    }

    fn sent(&mut self, number: u64) {
        self.awaited = Some(number);
    }

    fn done(&mut self, answer: &Answer) -> Vec<Reaction> {
        (self.next)(&self.act, answer)
    }

    fn fail(&mut self, failure: &Failure) {
        self.awaited = None;
        let is_code_needed = matches!(failure, Failure::CodeRequired(_));
        for (purpose, field) in &mut self.fields {
            // A code works once; a password is asked for again if the server refused it.
            let is_refused = *purpose == Purpose::Password && matches!(failure, Failure::Refused(_));
            if is_refused || *purpose == Purpose::Code {
                *field = TextField::default();
            }
        }
        if is_code_needed && !self.fields.iter().any(|(purpose, _)| *purpose == Purpose::Code) {
            self.fields.push((Purpose::Code, TextField::default()));
            self.focus = self.fields.len() - 1;
        }
        self.message = Some(match failure {
            Failure::Unreachable(_) => {
                format!(
                    "{failure}. It may have been done: look before you try again, or press enter to repeat it"
                )
            }
            other => other.to_string(),
        });
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let meaning = if self.act.danger() >= Danger::Irreversible { Meaning::Bad } else { Meaning::Warn };
        let title = format!(" {} ", self.verb);
        let fields = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        let about = u16::try_from(self.about.len())
            .unwrap_or(u16::MAX)
            .saturating_add(1 + u16::from(!self.id.is_empty()));
        let rows = about.saturating_add(fields).saturating_add(OTHER_ROWS).min(area.height);
        let inner = canvas.dialog((WIDTH.min(area.width), rows), &title, meaning);
        let about = rows.saturating_sub(fields + OTHER_ROWS);
        self.draw_about(canvas, Rect { height: about, ..inner });
        canvas.wrapped(Rect { y: inner.y + about, height: 3, ..inner }, self.warning, Meaning::Warn);
        let first_field = about + 3;
        self.draw_fields(canvas, inner, first_field);
        let message = Rect { y: inner.y + first_field + fields, height: 3, ..inner };
        let confirm = around.keymap.first_key(Action::Confirm).unwrap_or_default();
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        if self.awaited.is_some() {
            let text = format!("… sent, waiting for the outcome ({close} closes; a notice will tell it)");
            canvas.wrapped(message, &text, Meaning::Busy);
        } else if let Some(text) = &self.message {
            canvas.wrapped(message, text, Meaning::Warn);
        } else if self.missing().is_none() {
            let text = format!("ready: press {confirm} to {}", self.verb);
            canvas.line(message, 0, &[(&text, meaning)]);
        }
        let next = around.keymap.first_key(Action::NextField).unwrap_or_default();
        let hints = [
            (&*next, Meaning::Accent),
            (" next field  ", Meaning::Muted),
            (&*close, Meaning::Accent),
            (" cancel", Meaning::Muted),
        ];
        canvas.line(inner, inner.height.saturating_sub(1), &hints);
    }
}

impl ChangeDialog {
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

    fn draw_fields(&self, canvas: &mut Canvas<'_, '_>, inner: Rect, first: u16) {
        for (row, (at, (purpose, field))) in (first..).zip(self.fields.iter().enumerate()) {
            let focused = self.focus == at;
            let label = match purpose {
                Purpose::Reason => "reason (required)".to_owned(),
                Purpose::Secret => "new app secret".to_owned(),
                Purpose::Phrase => format!("type {}", self.expected()),
                Purpose::Password => "your own password".to_owned(),
                Purpose::Code => "one-time code".to_owned(),
            };
            let meaning = if focused { Meaning::Accent } else { Meaning::Muted };
            let sign = if focused { "▶ " } else { "  " };
            canvas.line(inner, row, &[(sign, Meaning::Accent), (&label, meaning)]);
            // A phrase may be long.
            let label_columns = u16::try_from(width(&label) + 1).unwrap_or(LABEL).max(LABEL);
            let x = inner.x + label_columns + 2;
            let line = Rect { x, y: inner.y + row, width: inner.right().saturating_sub(x), height: 1 };
            match purpose {
                Purpose::Secret | Purpose::Password | Purpose::Code => {
                    field.draw_masked(canvas, line, focused);
                }
                Purpose::Reason | Purpose::Phrase => field.draw(canvas, line, focused),
            }
        }
    }
}
