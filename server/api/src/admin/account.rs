//! Linked accounts over all tenants, as operators see them; a token is never among it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Freeze;
use crate::status::AccountStatus;
use crate::v1::Account;
use crate::{AccountId, TenantId};

/// A row of `GET /admin/v1/accounts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSummary {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// The account as its tenant sees it.
    #[serde(flatten)]
    pub account: Account,
}

/// Answer to `GET /admin/v1/accounts/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountDetail {
    /// The row of the list.
    #[serde(flatten)]
    pub summary: AccountSummary,
    /// The connector's name.
    pub connector: String,
    /// What is known of its tokens; absent when there are none left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenFacts>,
    /// The revocation at the provider, while it is under way or has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationFacts>,
    /// The freeze of its Dropbox account within the tenant; it outlives this account's tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Freeze>,
}

/// Answer to `GET /admin/v1/accounts/{id}/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountState {
    /// Which account.
    pub id: AccountId,
    /// Its state.
    pub status: AccountStatus,
    /// Why it is in this state, where there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// The revocation at the provider, while it is under way or has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationFacts>,
}

/// What an operator may know of an account's tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenFacts {
    /// Goes up by one with each refresh, re-link and revoke.
    pub generation: i64,
    /// When the access token dies. Left out if it lives until somebody ends the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When it was fetched from the provider.
    pub refreshed_at: DateTime<Utc>,
    /// Eight hex digits of a keyed hash: tells two tokens apart, and no more.
    pub fingerprint: String,
    /// API keys that hold the current access token.
    pub holders: u32,
    /// Why the last refresh failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// How far the revocation at the provider has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationFacts {
    /// Calls made so far.
    pub attempts: u32,
    /// When the next one is due.
    pub next_attempt_at: DateTime<Utc>,
    /// Why the last one failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Body of `POST /admin/v1/accounts/{id}/suspend`, `…/resume` and `…/revoke`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// Why, for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// Orders of the account list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountSort {
    /// Linked last comes first.
    #[default]
    Newest,
    /// Linked first comes first.
    Oldest,
    /// By e-mail address.
    Email,
    /// Used last comes first; never used comes last.
    Used,
}
