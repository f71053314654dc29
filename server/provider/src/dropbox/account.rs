//! The linked account as Dropbox describes it.

use std::{fmt, str::FromStr};

use reqwest::StatusCode;

use super::error;
use crate::{Failure, Malformed, Profile, Role, http::Answer, shown::shown};

/// A Dropbox account id: exactly 40 characters, `dbid:` and 35 more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(String);

/// Text that is not a Dropbox account id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Dropbox account id is dbid: and 35 characters")]
pub struct BadAccountId;

impl AccountId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for AccountId {
    type Err = BadAccountId;

    fn from_str(text: &str) -> Result<Self, BadAccountId> {
        has_form(text, "dbid:").then(|| Self(text.to_owned())).ok_or(BadAccountId)
    }
}

/// Whether `text` is `prefix` and 35 characters, as all of Dropbox's ids are.
pub(super) fn has_form(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() == 35 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Dropbox's kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountType {
    /// Free.
    Basic,
    /// Paid, for one person.
    Pro,
    /// Of a team.
    Business,
    /// A kind that was not known when this was written.
    Other,
}

impl AccountType {
    /// The kind as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Pro => "pro",
            Self::Business => "business",
            Self::Other => "other",
        }
    }
}

/// The linked account. Names are chosen by the user and may contain anything: escape them where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its e-mail address, at most 1,024 bytes; empty if Dropbox gave none.
    pub email: String,
    /// Whether Dropbox has verified the address.
    pub email_verified: bool,
    /// The name to show, at most 1,024 bytes; empty if Dropbox gave none.
    pub display_name: String,
    /// Two-letter country, if known.
    pub country: Option<String>,
    /// The user's language, if given.
    pub locale: Option<String>,
    /// The kind of account.
    pub account_type: AccountType,
    /// Whether Dropbox has disabled it.
    pub disabled: bool,
}

impl From<ProviderAccount> for Profile {
    fn from(account: ProviderAccount) -> Self {
        Self {
            account_id: account.account_id.into_string(),
            email: account.email,
            display_name: account.display_name,
            role: match account.account_type {
                AccountType::Business => Some(Role::Work),
                AccountType::Basic | AccountType::Pro => Some(Role::Personal),
                AccountType::Other => None,
            },
        }
    }
}

/// Parses the response of `users/get_current_account`.
pub(super) fn read(answer: &Answer) -> Result<ProviderAccount, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer));
    }
    // Only the id is required. The other fields are parsed one by one, so that an invalid value that is only displayed
    // cannot prevent a link.
    if !answer.is_object() {
        return Err(Failure::malformed(Malformed::Json));
    }
    let account_id = answer.at::<String>(&["account_id"]).and_then(|id| id.parse().ok());
    let shown = |path: &[&str]| answer.at::<String>(path).map(|text| shown(&text));
    let flag = |name| answer.at::<bool>(&[name]).unwrap_or_default();
    Ok(ProviderAccount {
        account_id: account_id.ok_or(Failure::malformed(Malformed::AccountId))?,
        email: shown(&["email"]).unwrap_or_default(),
        email_verified: flag("email_verified"),
        display_name: shown(&["name", "display_name"]).unwrap_or_default(),
        country: shown(&["country"]),
        locale: shown(&["locale"]),
        account_type: match answer.at::<String>(&["account_type", ".tag"]).as_deref() {
            Some("basic") => AccountType::Basic,
            Some("pro") => AccountType::Pro,
            Some("business") => AccountType::Business,
            _ => AccountType::Other,
        },
        disabled: flag("disabled"),
    })
}
