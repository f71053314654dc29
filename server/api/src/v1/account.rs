//! Linked accounts as their tenant sees them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::{AccountStatus, Assurance};
use crate::{AccountId, ConnectorId};

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
