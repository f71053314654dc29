//! Linked accounts as their tenant sees them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::{AccountStatus, Assurance};
use crate::{AccountId, ConnectorId};

/// Answer to `POST /v1/accounts/{id}/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountCheck {
    /// The account.
    pub account_id: AccountId,
    /// Its status after the check: a dead grant turns it to `needs_reauth`.
    pub status: AccountStatus,
    /// Whether the provider takes its token.
    pub alive: bool,
    /// When.
    pub checked_at: DateTime<Utc>,
    /// Why it is not alive, such as `refresh_token_revoked`; `user_suspended` can pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A linked account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Stays the same when the same account is linked again.
    pub id: AccountId,
    /// The tenant's own name for its user.
    pub external_user_id: String,
    /// The connector that it was linked through.
    pub connector_id: ConnectorId,
    /// `dropbox`.
    pub provider: String,
    /// The provider's id of the account, such as `dbid:…`.
    pub provider_account_id: String,
    /// As the provider told it when the account was linked.
    pub email: String,
    /// As the provider told it when the account was linked.
    pub display_name: String,
    /// Whether its token can be had.
    pub status: AccountStatus,
    /// Why it is not active, such as `grant_revoked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Scopes that were granted.
    pub scopes: Vec<String>,
    /// Scopes that were asked for and not granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_scopes: Vec<String>,
    /// How sure we are that the right person approved.
    pub assurance: Assurance,
    /// When it was linked first.
    pub linked_at: DateTime<Utc>,
    /// When it was linked, changed or refreshed last.
    pub updated_at: DateTime<Utc>,
    /// When a token was handed out last; a second late at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
}
