//! Linked accounts as their tenant sees them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::sandbox::is_false;
use crate::status::{AccountStatus, Assurance, Protocol};
use crate::{AccountId, ConnectorId, Named};

/// Response of `POST /v1/accounts/{id}/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountCheck {
    /// The account.
    pub account_id: AccountId,
    /// Its status after the check; if the grant has ended, this is `needs_reauth`.
    #[cfg_attr(feature = "openapi", schema(value_type = AccountStatus))]
    pub status: Named<AccountStatus>,
    /// Whether the provider accepts the account's token.
    pub alive: bool,
    /// When the account was checked.
    pub checked_at: DateTime<Utc>,
    /// Why it is not alive, such as `refresh_token_revoked`. With `user_suspended`, the provider has suspended its user, which may be temporary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A linked account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// The account's id, which stays the same when the same account is linked again.
    pub id: AccountId,
    /// The tenant's own name for its user.
    pub external_user_id: String,
    /// How the tenant calls its user on the link pages, as given with the last link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// The tenant's own data, as given with the last link.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The connector through which the account was linked.
    pub connector_id: ConnectorId,
    /// The provider: `dropbox`.
    pub provider: String,
    /// Present and true in a sandbox: the account is at the simulator of Dropbox.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sandbox: bool,
    /// The protocol by which the account was linked last.
    #[serde(default = "oauth2")]
    #[cfg_attr(feature = "openapi", schema(value_type = Protocol))]
    pub protocol: Named<Protocol>,
    /// The provider's id of the account, such as `dbid:…`.
    pub provider_account_id: String,
    /// The e-mail address that the provider reported when the account was linked.
    pub email: String,
    /// The display name that the provider reported when the account was linked.
    pub display_name: String,
    /// Whether tokens are available.
    #[cfg_attr(feature = "openapi", schema(value_type = AccountStatus))]
    pub status: Named<AccountStatus>,
    /// Why it is not active: the provider's reason, such as `refresh_token_revoked`, or `suspended_by_operator`, `revoked_by_tenant`,
    /// `revoked_by_user`, `revoked_by_operator` or `foreign_browser`. Operators see what they wrote instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Scopes that were granted.
    pub scopes: Vec<String>,
    /// Scopes that were requested but not granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_scopes: Vec<String>,
    /// How certain it is that the right person approved.
    #[cfg_attr(feature = "openapi", schema(value_type = Assurance))]
    pub assurance: Named<Assurance>,
    /// When the account was first linked.
    pub linked_at: DateTime<Utc>,
    /// When the account was last linked, changed or refreshed.
    pub updated_at: DateTime<Utc>,
    /// When a token was last issued, or up to an hour before: it is stored again only when an hour has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The protocol of all accounts before servers reported it.
fn oauth2() -> Named<Protocol> {
    Protocol::OAuth2.into()
}
