//! The dialog that makes a change: the operator sees what is changed and what follows, fills in what is needed, and types
//! the end of the id before a change that cannot be undone.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use secrecy::SecretString;

use crate::client::{Act, Failure};
use crate::danger::Danger;
use crate::dialog::confirmation::{end_of, is_reason, reason_length};
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

/// The width of a label, in columns.
const LABEL: u16 = 18;
/// The width of the dialog, in columns, if there is room.
const WIDTH: u16 = 70;

/// What a field of the dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The reason, which the audit log records.
    Reason,
    /// A secret, drawn as dots.
    Secret,
    /// The end of the id, which must be typed.
    Phrase,
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
    /// The id of what is changed.
    id: String,
    /// Two lines about what is changed.
    about: [String; 2],
    /// What follows.
    warning: &'static str,
    /// The fields in order.
    fields: Vec<(Purpose, TextField)>,
    /// The index of the field that receives keys.
    focus: usize,
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
        about: [String; 2],
    ) -> Self {
        let needs_phrase = act.danger() >= Danger::Irreversible;
        let first = match &act {
            Act::ReplaceSecret { .. } => Some(Purpose::Secret),
            Act::RevokeApiKey { .. }
            | Act::DisableOperator { .. }
            | Act::EnableOperator { .. }
            | Act::EndSession { .. }
            | Act::EndSessions { .. } => None,
            _ => Some(Purpose::Reason),
        };
        let purposes = first.into_iter().chain(needs_phrase.then_some(Purpose::Phrase));
        Self {
            warning: warning(&act),
            act,
            verb,
            name,
            id,
            about,
            fields: purposes.map(|purpose| (purpose, TextField::default())).collect(),
            focus: 0,
            awaited: None,
            message: None,
        }
    }

    /// The text of a field.
    pub fn text_of(&self, purpose: Purpose) -> &str {
        self.fields.iter().find(|(own, _)| *own == purpose).map_or("", |(_, field)| field.text())
    }

    /// The text to type. It is the end of the id, which nobody chooses, unlike a name.
    pub fn expected(&self) -> &str {
        end_of(&self.id)
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
            | Act::DisableConnector { reason, .. }
            | Act::EnableConnector { reason, .. }
            | Act::RemoveConnector { reason, .. } => *reason = typed_reason,
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

/// What follows from a change.
fn warning(act: &Act) -> &'static str {
    match act {
        Act::Revoke { .. } => {
            "This cannot be undone: no more tokens are issued, the grant is revoked at Dropbox, and the user must link again."
        }
        Act::SuspendAccount { .. } => {
            "Until it is resumed, the tenant gets no tokens for any link to this Dropbox account. Nothing is lost."
        }
        Act::ResumeAccount { .. } => {
            "The tenant gets tokens for every active link to this Dropbox account again."
        }
        Act::DisableConnector { .. } => {
            "Nobody links through it and no token is refreshed until it is enabled again. Tokens that were issued stay valid until they expire."
        }
        Act::EnableConnector { .. } => "Users can link through it again, and tokens are refreshed again.",
        Act::ReplaceSecret { .. } => {
            "A broken connector becomes active. The provider is not asked, so check afterwards that the next refresh succeeds."
        }
        Act::RevokeApiKey { .. } => {
            "This cannot be undone: from now on no server accepts the key. Whatever uses it needs another one."
        }
        Act::DisableOperator { .. } => "All sessions of the operator end, and they can no longer log in.",
        Act::EnableOperator { .. } => "The operator can log in again, with the same password.",
        Act::EndSession { .. } | Act::EndSessions { .. } => "Whoever uses it has to log in again.",
        Act::FreezeTenant { .. } => {
            "Every replica refuses all its API keys, and nobody links, until it is thawed."
        }
        Act::ThawTenant { .. } => "Its API keys work again, and its users link again.",
        Act::MigrateAccount { .. }
        | Act::LiftFreeze { .. }
        | Act::EditConnector { .. }
        | Act::RemoveConnector { .. }
        | Act::ChangePassword { .. } => "",
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

    fn fail(&mut self, failure: &Failure) {
        self.awaited = None;
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
        let inner = canvas.dialog((WIDTH.min(area.width), 15), &title, meaning);
        let (head, tail) = self.id.split_at(self.id.len() - self.expected().len());
        canvas.line(inner, 0, &[("  ", Meaning::Text), (head, Meaning::Text), (tail, Meaning::Bad)]);
        for (row, text) in (1..).zip(&self.about) {
            let meaning = if row == 1 { Meaning::Text } else { Meaning::Muted };
            canvas.line(inner, row, &[("  ", Meaning::Text), (text, meaning)]);
        }
        canvas.wrapped(Rect { y: inner.y + 4, height: 3, ..inner }, self.warning, Meaning::Warn);
        self.draw_fields(canvas, inner);
        let message = Rect { y: inner.y + 9, height: 3, ..inner };
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
        canvas.line(inner, 12, &hints);
    }
}

impl ChangeDialog {
    fn draw_fields(&self, canvas: &mut Canvas<'_, '_>, inner: Rect) {
        for (row, (at, (purpose, field))) in (7..).zip(self.fields.iter().enumerate()) {
            let focused = self.focus == at;
            let label = match purpose {
                Purpose::Reason => "reason (required)".to_owned(),
                Purpose::Secret => "new app secret".to_owned(),
                Purpose::Phrase => format!("type {}", self.expected()),
            };
            let meaning = if focused { Meaning::Accent } else { Meaning::Muted };
            let sign = if focused { "▶ " } else { "  " };
            canvas.line(inner, row, &[(sign, Meaning::Accent), (&label, meaning)]);
            let x = inner.x + LABEL + 2;
            let line = Rect { x, y: inner.y + row, width: inner.right().saturating_sub(x), height: 1 };
            match purpose {
                Purpose::Secret => field.draw_masked(canvas, line, focused),
                Purpose::Reason | Purpose::Phrase => field.draw(canvas, line, focused),
            }
        }
    }
}
