//! The dialog that revokes an account: the operator types a reason and the end of the id, and is told the outcome.

use bowline_api::AccountId;
use bowline_api::admin::AccountSummary;
use bowline_api::status::AccountStatus;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use crate::client::{Answer, Failure, Request};
use crate::interface::dialog::{Dialog, Reaction};
use crate::text::short_id;
use crate::theme::Meaning;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

use super::confirmation::{confirmation, is_reason, reason_length};

/// The width of a label, in columns.
const LABEL: u16 = 18;

/// The fields of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeFocus {
    /// The reason for the revocation.
    Reason,
    /// The end of the id.
    Typed,
}

/// The dialog that revokes an account.
#[derive(Debug)]
pub struct RevokeDialog {
    /// The account to revoke.
    pub id: AccountId,
    /// The account's e-mail address, as the provider reported it.
    pub email: String,
    /// The tenant's short name.
    pub tenant: String,
    /// The tenant's name for its user.
    pub external_user_id: String,
    /// The reason, which the audit log records.
    pub reason: TextField,
    /// The confirmation, which must equal the end of the id.
    pub typed: TextField,
    /// The field that receives keys.
    pub focus: RevokeFocus,
    /// The state of the call, which starts once it is confirmed.
    pub call: CallState,
    /// What is missing, or why the call failed.
    pub message: Option<String>,
}

impl RevokeDialog {
    /// Opens the dialog for this account, or says why there is nothing to revoke.
    pub fn open(subject: Option<&AccountSummary>) -> Reaction {
        let Some(summary) = subject else { return Reaction::Notify("no account is selected".to_owned()) };
        match summary.account.status {
            AccountStatus::Revoked => Reaction::Notify("this account is already revoked".to_owned()),
            AccountStatus::Revoking => Reaction::Notify("this account is already being revoked".to_owned()),
            AccountStatus::Active | AccountStatus::NeedsReauth | AccountStatus::Suspended => {
                Reaction::Open(Box::new(Self::of(summary)))
            }
        }
    }

    fn of(summary: &AccountSummary) -> Self {
        let account = &summary.account;
        Self {
            id: account.id,
            email: account.email.clone(),
            tenant: summary.tenant.clone(),
            external_user_id: account.external_user_id.clone(),
            reason: TextField::default(),
            typed: TextField::default(),
            focus: RevokeFocus::Reason,
            call: CallState::default(),
            message: None,
        }
    }

    /// The text to type. It is the end of the id, which nobody chooses, unlike a name.
    pub fn expected(&self) -> String {
        confirmation(self.id)
    }

    /// What is still missing before the revocation can be sent.
    pub fn missing(&self) -> Option<String> {
        if !is_reason(self.reason.text()) {
            return Some(format!("a reason of {} is needed", reason_length()));
        }
        (self.typed.text() != self.expected()).then(|| format!("type {} to confirm", self.expected()))
    }
}

impl Dialog for RevokeDialog {
    fn key(&mut self, key: KeyEvent, _around: &Surroundings<'_>) -> Vec<Reaction> {
        if self.call.is_loading() {
            return vec![Reaction::Unchanged];
        }
        match key.code {
            KeyCode::Tab | KeyCode::BackTab | KeyCode::Down | KeyCode::Up => {
                self.focus = match self.focus {
                    RevokeFocus::Reason => RevokeFocus::Typed,
                    RevokeFocus::Typed => RevokeFocus::Reason,
                };
            }
            KeyCode::Enter if self.focus == RevokeFocus::Reason => self.focus = RevokeFocus::Typed,
            KeyCode::Enter => {
                self.message = self.missing();
                if self.message.is_none() {
                    let reason = self.reason.text().trim().to_owned();
                    return vec![Reaction::Call(Request::Revoke { id: self.id, reason })];
                }
            }
            _ => {
                let field = match self.focus {
                    RevokeFocus::Reason => &mut self.reason,
                    RevokeFocus::Typed => &mut self.typed,
                };
                if !field.key(key) {
                    return vec![Reaction::Unchanged];
                }
                self.message = None;
            }
        }
        Vec::new()
    }

    /// Pastes into the reason. The confirmation must be typed.
    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        match self.focus {
            _ if self.call.is_loading() => {}
            RevokeFocus::Reason => self.reason.paste(text),
            RevokeFocus::Typed => self.message = Some("pasting does not confirm; type it".to_owned()),
        }
        Vec::new()
    }

    fn call(&mut self) -> Option<&mut CallState> {
        Some(&mut self.call)
    }

    fn take(&mut self, answer: Answer) -> Vec<Reaction> {
        let Answer::Account(detail) = answer else { return Vec::new() };
        let account = &detail.summary.account;
        let id = short_id(&account.id.to_string());
        let text = format!("{id}: {} is {}", account.email, account.status);
        vec![Reaction::Close, Reaction::Notify(text), Reaction::Account { detail, changed: true }]
    }

    fn fail(&mut self, failure: &Failure) {
        self.message = Some(match failure {
            Failure::Unreachable(_) => {
                format!("{failure}. The account may have been revoked: enter retries, esc closes")
            }
            other => other.to_string(),
        });
    }

    fn draw(&self, _around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let inner = canvas.dialog((70.min(area.width), 15), " revoke this account ", Meaning::Bad);
        let id = self.id.to_string();
        let expected = self.expected();
        let (head, tail) = id.split_at(id.len() - expected.len());
        canvas.line(inner, 0, &[("  ", Meaning::Text), (head, Meaning::Text), (tail, Meaning::Bad)]);
        canvas.line(inner, 1, &[("  ", Meaning::Text), (&self.email, Meaning::Text)]);
        let whose = format!("  tenant {} · user {}", self.tenant, self.external_user_id);
        canvas.line(inner, 2, &[(&whose, Meaning::Muted)]);
        let warning = "This cannot be undone: no more tokens are issued, the grant is revoked at Dropbox, and the user must link again.";
        canvas.wrapped(Rect { y: inner.y + 4, height: 2, ..inner }, warning, Meaning::Warn);
        let fields = [
            ("reason (required)", &self.reason, RevokeFocus::Reason),
            (&*format!("type {expected}"), &self.typed, RevokeFocus::Typed),
        ];
        for (row, (label, text, focus)) in [7, 8].into_iter().zip(fields) {
            let focused = self.focus == focus;
            let meaning = if focused { Meaning::Accent } else { Meaning::Muted };
            canvas.line(
                inner,
                row,
                &[(if focused { "▶ " } else { "  " }, Meaning::Accent), (label, meaning)],
            );
            let x = inner.x + LABEL + 2;
            let line = Rect { x, y: inner.y + row, width: inner.right().saturating_sub(x), height: 1 };
            text.draw(canvas, line, focused);
        }
        let message = Rect { y: inner.y + 10, height: 2, ..inner };
        if self.call.is_loading() {
            canvas.line(message, 0, &[("… revoking", Meaning::Busy)]);
        } else if let Some(text) = &self.message {
            canvas.wrapped(message, text, Meaning::Warn);
        } else if self.missing().is_none() {
            canvas.line(message, 0, &[("ready: press enter to revoke", Meaning::Bad)]);
        }
        let hints = [
            ("tab", Meaning::Accent),
            (" next field  ", Meaning::Muted),
            ("esc", Meaning::Accent),
            (" cancel", Meaning::Muted),
        ];
        canvas.line(inner, 12, &hints);
    }
}
