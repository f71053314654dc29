//! Tenants: the customers whose users link accounts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::DrainStop;
use crate::TenantId;
use crate::sandbox::is_false;

/// Body of `POST /admin/v1/tenants`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTenant {
    /// A unique short name: 1 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter.
    pub slug: String,
    /// The name shown to end users: 1 to 100 characters.
    pub name: String,
    /// Whether the tenant is a sandbox: its connectors speak to the simulator of Dropbox, and its API keys are test keys. It cannot be
    /// changed later; false if omitted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sandbox: bool,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    /// Identifies the tenant in later calls.
    pub id: TenantId,
    /// Short name.
    pub slug: String,
    /// The name shown to end users.
    pub name: String,
    /// Present and true if the tenant is a sandbox: nothing of it reaches Dropbox.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sandbox: bool,
    /// When the tenant was added.
    pub created_at: DateTime<Utc>,
    /// Present while the tenant is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<TenantFreeze>,
    /// Present while the tenant has an automatic stop of its API keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_stop: Option<DrainStop>,
}

/// Why a tenant is frozen: no token leaves, nobody links, and its API keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantFreeze {
    /// Since when.
    pub since: DateTime<Utc>,
    /// The reason that the operator gave. The tenant is not told.
    pub reason: String,
    /// The operator's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Body of `POST /admin/v1/tenants/{id}/freeze` and `…/thaw`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeTenant {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}
