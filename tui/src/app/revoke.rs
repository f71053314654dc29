//! The dialog of a revocation: a reason, and the end of the id typed by hand.

use bowline_api::AccountId;
use bowline_api::admin::AccountSummary;
use bowline_api::status::AccountStatus;

use crate::text::CONFIRM_CHARS;

use super::feed::Feed;
use super::text_field::TextField;

/// Fields of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeFocus {
    /// Why.
    Reason,
    /// The end of the id.
    Typed,
}

/// The dialog.
#[derive(Debug)]
pub struct RevokeDialog {
    /// Which account.
    pub id: AccountId,
    /// As the provider told it.
    pub email: String,
    /// The tenant's short name.
    pub tenant: String,
    /// The tenant's name for its user.
    pub external_user_id: String,
    /// Goes into the audit log.
    pub reason: TextField,
    /// Must equal the end of the id.
    pub typed: TextField,
    /// Where keys go.
    pub focus: RevokeFocus,
    /// The call, once confirmed.
    pub call: Feed,
    /// What is missing, or why the call failed.
    pub message: Option<String>,
}

impl RevokeDialog {
    /// Opens the dialog; says why not if there is nothing left to revoke.
    pub fn open(summary: &AccountSummary) -> Result<Self, String> {
        let account = &summary.account;
        match account.status {
            AccountStatus::Revoked => return Err("this account is revoked already".to_owned()),
            AccountStatus::Revoking => return Err("this account is being revoked already".to_owned()),
            AccountStatus::Active | AccountStatus::NeedsReauth | AccountStatus::Suspended => {}
        }
        Ok(Self {
            id: account.id,
            email: account.email.clone(),
            tenant: summary.tenant.clone(),
            external_user_id: account.external_user_id.clone(),
            reason: TextField::default(),
            typed: TextField::default(),
            focus: RevokeFocus::Reason,
            call: Feed::default(),
            message: None,
        })
    }

    /// What must be typed: the last characters of the id, which unlike a name nobody chose.
    pub fn expected(&self) -> String {
        confirmation(self.id)
    }

    /// What still keeps it from being done.
    pub fn missing(&self) -> Option<String> {
        let reason = self.reason.text().trim().chars().count();
        if !REASON_CHARS.contains(&reason) {
            return Some(format!(
                "a reason of {} to {} characters is needed",
                REASON_CHARS.start(),
                REASON_CHARS.end()
            ));
        }
        (self.typed.text() != self.expected()).then(|| format!("type {} to confirm", self.expected()))
    }
}

/// How long a reason may be, in characters; the server's own rule.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 3..=500;

/// What is typed to confirm an act on that account: the end of its id.
pub fn confirmation(id: AccountId) -> String {
    let id = id.to_string();
    id[id.len() - CONFIRM_CHARS..].to_owned()
}
