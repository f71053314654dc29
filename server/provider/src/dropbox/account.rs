//! The linked account as Dropbox describes it.

use std::{fmt, str::FromStr};

use reqwest::StatusCode;
use serde::Deserialize;

use super::error;
use crate::{Failure, Malformed, http::Answer};

/// The longest text field that is believed, in bytes.
const MAX_TEXT: usize = 1024;

/// A Dropbox account id: exactly 40 characters, `dbid:` and 35 more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(String);

/// A text that is no Dropbox account id.
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
        let rest = text.strip_prefix("dbid:").ok_or(BadAccountId)?;
        let fits = rest.len() == 35
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        fits.then(|| Self(text.to_owned())).ok_or(BadAccountId)
    }
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
    /// Paid, of one person.
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

/// Who was linked. Names are the user's own choice and may hold anything: escape where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether Dropbox knows that the address is the user's.
    pub email_verified: bool,
    /// The name to show.
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

#[derive(Deserialize)]
struct RawAccount {
    account_id: String,
    name: RawName,
    email: String,
    email_verified: bool,
    disabled: bool,
    country: Option<String>,
    locale: Option<String>,
    account_type: RawType,
}

#[derive(Deserialize)]
struct RawName {
    display_name: String,
}

#[derive(Deserialize)]
struct RawType {
    #[serde(rename = ".tag")]
    tag: String,
}

/// Reads the answer of `users/get_current_account`.
pub(super) fn read(answer: &Answer) -> Result<ProviderAccount, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer));
    }
    let value = answer.json::<serde_json::Value>().ok_or(Failure::malformed(Malformed::Json))?;
    let raw =
        serde_json::from_value::<RawAccount>(value).map_err(|_| Failure::malformed(Malformed::Account))?;
    let account_id = raw.account_id.parse().map_err(|_| Failure::malformed(Malformed::AccountId))?;
    let fits = |text: &String| text.len() <= MAX_TEXT;
    let texts = [Some(&raw.email), Some(&raw.name.display_name)];
    let optional = [raw.country.as_ref(), raw.locale.as_ref()];
    if raw.email.is_empty() || !texts.into_iter().chain(optional).flatten().all(fits) {
        return Err(Failure::malformed(Malformed::Account));
    }
    Ok(ProviderAccount {
        account_id,
        email: raw.email,
        email_verified: raw.email_verified,
        display_name: raw.name.display_name,
        country: raw.country,
        locale: raw.locale,
        account_type: match raw.account_type.tag.as_str() {
            "basic" => AccountType::Basic,
            "pro" => AccountType::Pro,
            "business" => AccountType::Business,
            _ => AccountType::Other,
        },
        disabled: raw.disabled,
    })
}
