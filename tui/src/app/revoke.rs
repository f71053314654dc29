//! The dialog that revokes an account: the operator types a reason and the end of the id.

use bowline_api::AccountId;
use bowline_api::admin::AccountSummary;
use bowline_api::status::AccountStatus;

use crate::text::CONFIRM_CHARS;

use super::fetch::Fetch;
use super::text_field::TextField;

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
    /// The call, once it is confirmed.
    pub call: Fetch,
    /// What is missing, or why the call failed.
    pub message: Option<String>,
}

impl RevokeDialog {
    /// Opens the dialog; an error says why there is nothing to revoke.
    pub fn open(summary: &AccountSummary) -> Result<Self, String> {
        let account = &summary.account;
        match account.status {
            AccountStatus::Revoked => return Err("this account is already revoked".to_owned()),
            AccountStatus::Revoking => return Err("this account is already being revoked".to_owned()),
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
            call: Fetch::default(),
            message: None,
        })
    }

    /// The text to type. It is the end of the id, which nobody chooses, unlike a name.
    pub fn expected(&self) -> String {
        confirmation(self.id)
    }

    /// What is still missing before the revocation can be sent.
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

/// The length of a reason in characters; the server has the same rule.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 3..=500;

/// The text that confirms an action on this account: the end of its id.
pub fn confirmation(id: AccountId) -> String {
    let id = id.to_string();
    id[id.len() - CONFIRM_CHARS..].to_owned()
}
