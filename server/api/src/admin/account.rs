//! Linked accounts of all tenants, as operators see them. They never contain a token.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Freeze;
use crate::status::{AccountProblem, AccountStatus, TokenAvailability};
use crate::v1::Account;
use crate::{AccountId, ConnectorId, Named, TenantId};

/// A row of `GET /admin/v1/accounts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSummary {
    /// The tenant that the account belongs to.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// The connector's name; older servers omit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector_name: Option<String>,
    /// The account as its tenant sees it.
    #[serde(flatten)]
    pub account: Account,
}

/// Response of `GET /admin/v1/accounts/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountDetail {
    /// The account as in the list.
    #[serde(flatten)]
    pub summary: AccountSummary,
    /// The connector's name.
    pub connector: String,
    /// Facts about its tokens; absent if it has no tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenFacts>,
    /// The revocation at the provider, while it is pending or has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationFacts>,
    /// Whether its tokens are issued, and if not, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<AccountCondition>,
    /// The freeze of its Dropbox account within the tenant. The freeze outlives this account's tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Freeze>,
}

/// Whether an account's tokens are issued, and what stands in the way, the state of its connector included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountCondition {
    /// Whether a call for its token gets one.
    #[cfg_attr(feature = "openapi", schema(value_type = TokenAvailability))]
    pub tokens: Named<TokenAvailability>,
    /// What is wrong, the worst first. Empty if nothing is.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<AccountProblem>))]
    pub problems: Vec<Named<AccountProblem>>,
    /// The same in plain words, for people.
    pub sentence: String,
}

/// Response of `GET /admin/v1/accounts/{id}/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountState {
    /// The account's id.
    pub id: AccountId,
    /// The account's state.
    #[cfg_attr(feature = "openapi", schema(value_type = AccountStatus))]
    pub status: Named<AccountStatus>,
    /// Why it is in this state, if there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// The revocation at the provider, while it is pending or has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationFacts>,
}

/// What an operator may know about an account's tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenFacts {
    /// Increases by one with each refresh, re-link and revocation.
    pub generation: i64,
    /// When the access token expires. Absent if it has no expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When it was fetched from the provider.
    pub refreshed_at: DateTime<Utc>,
    /// Eight hex digits of a keyed hash. They distinguish two tokens and reveal nothing else.
    pub fingerprint: String,
    /// The number of API keys that hold the current access token.
    pub holders: u32,
    /// Why the last refresh failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// The progress of the revocation at the provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationFacts {
    /// The number of attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next_attempt_at: DateTime<Utc>,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Body of `POST /admin/v1/accounts/{id}/suspend`, `…/resume` and `…/revoke`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// Body of `POST /admin/v1/accounts/{id}/migrate`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MigrateAccount {
    /// The tenant's connector of OAuth 2 that has the same app key at the same provider.
    pub to: ConnectorId,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// Sort orders of the account list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountSort {
    /// Most recently linked first.
    #[default]
    Newest,
    /// Least recently linked first.
    Oldest,
    /// By e-mail address.
    Email,
    /// Most recently used first; never used last.
    Used,
}
