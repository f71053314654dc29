//! The automatic stop of an API key that fetches the tokens of far more accounts than it is used to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ProvePassword;
use crate::ApiKeyId;

/// A tenant's automatic stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrainStop {
    /// Whether keys are suspended. Off unless an operator has turned it on.
    pub enabled: bool,
    /// A key may fetch the tokens of this many times as many accounts in a minute as in its largest minute of the last seven days.
    pub times: u32,
    /// The number of accounts in a minute up to which no key is suspended, whatever its habit.
    pub least: u32,
    /// Until then a mass fetch was announced, and the keys that it is about are not suspended. It may be in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_until: Option<DateTime<Utc>>,
    /// The only key that the announcement is about; omitted if it is about all keys of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_key: Option<ApiKeyId>,
}

/// Body of `PUT /admin/v1/tenants/{tenant}/drain-stop`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetDrainStop {
    /// Whether keys are suspended.
    pub enabled: bool,
    /// How many times its largest minute of the last seven days a key may fetch: 2 to 1000; 10 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The number of accounts in a minute up to which no key is suspended: 10 to 10,000,000; 1000 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `POST /admin/v1/tenants/{tenant}/drain-stop/announce`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnnounceFetch {
    /// How long the mass fetch may take from now, in minutes: 1 to 10,080 (a week). 0 ends an announcement.
    pub minutes: u32,
    /// The only key that will fetch, so that the others can still be suspended; all keys of the tenant if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ApiKeyId>,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `POST /admin/v1/tenants/{tenant}/api-keys/{key}/resume`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResumeApiKey {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}
