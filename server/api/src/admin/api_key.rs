//! API keys of tenants. The secret is shown once, when the key is created.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ProvePassword;
use crate::status::Permission;
use crate::{ApiKeyId, Named};

/// Body of `POST /admin/v1/tenants/{id}/api-keys`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// A name for the key: 1 to 100 characters.
    pub name: String,
    /// What the key may do; everything but `sign` if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// When the key expires; never if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Identifies the key in later calls and in the audit log.
    pub id: ApiKeyId,
    /// The key's name.
    pub name: String,
    /// What the key may do.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: Vec<Named<Permission>>,
    /// When the key was created.
    pub created_at: DateTime<Utc>,
    /// When the key expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When the key was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Since when and why the automatic stop has suspended the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<ApiKeySuspension>,
    /// The day (UTC) on which a server last accepted the key, known within minutes; omitted if it is not known to have been used. What was used
    /// in the last minutes before a server ended may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_on: Option<NaiveDate>,
}

/// The suspension of an API key, which an operator lifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeySuspension {
    /// Since when it is suspended.
    pub since: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// Response to the creation of a key, the only time that its secret is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewApiKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// `bwl_sk_…`: send it as `Authorization: Bearer`.
    pub secret: String,
}

/// Body of `POST /admin/v1/tenants/{id}/api-keys/{id}/rotate`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// How many hours the old key still works: 0 to 720; 24 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<u32>,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Response to the rotation of a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedApiKey {
    /// The new key with its secret, which is never shown again.
    pub new: NewApiKey,
    /// The old key, which works until it expires.
    pub old: ApiKey,
}

impl std::fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}
