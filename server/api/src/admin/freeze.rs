//! Freezes: what operators have suspended, also where the account is gone.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, TenantId};

/// A row of `GET /admin/v1/freezes`: an account of the provider of which a tenant gets no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    /// Whose.
    pub tenant_id: TenantId,
    /// The provider's name for the account; every account of the tenant that stands for it is frozen.
    pub provider_account_id: String,
    /// The account that was suspended; it may be revoked by now.
    pub account_id: AccountId,
    /// The reason that was given.
    pub reason: String,
    /// Since when.
    pub placed_at: DateTime<Utc>,
    /// The operator's name at the time, where it was an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<String>,
}

/// Body of `POST /admin/v1/tenants/{id}/freezes/lift`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LiftFreeze {
    /// As the freeze has it.
    pub provider_account_id: String,
    /// Why, for the audit log: 3 to 500 characters.
    pub reason: String,
}
