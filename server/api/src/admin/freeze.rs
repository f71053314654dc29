//! Freezes: Dropbox accounts that operators have suspended, including those whose account is revoked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, TenantId};

/// A row of `GET /admin/v1/freezes`: a provider account for which a tenant gets no tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    /// The tenant within which the freeze applies.
    pub tenant_id: TenantId,
    /// The provider's id of the account. Every account of the tenant with this id is frozen. If the provider is another service of OAuth 1
    /// than Dropbox, its origin and a space come first, because each service chooses its own ids.
    pub provider_account_id: String,
    /// The account that was suspended; it may have been revoked since.
    pub account_id: AccountId,
    /// The reason that the operator gave.
    pub reason: String,
    /// When the freeze was placed.
    pub placed_at: DateTime<Utc>,
    /// The operator's name at that time, if an operator placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<String>,
}

/// Body of `POST /admin/v1/tenants/{id}/freezes/lift`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LiftFreeze {
    /// The provider's id of the account, as in the freeze.
    pub provider_account_id: String,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}
