//! The automatic stop of an API key that fetches the tokens of far more accounts than it is used to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A tenant's automatic stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrainStop {
    /// Whether keys are stopped. Off unless an operator has turned it on.
    pub enabled: bool,
    /// A key may fetch the tokens of this many times as many accounts in a minute as in its largest minute of the last seven days.
    pub times: u32,
    /// The number of accounts in a minute up to which no key is stopped, whatever its habit.
    pub least: u32,
    /// Until then a mass fetch was announced, and no key is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_until: Option<DateTime<Utc>>,
}

/// Body of `PUT /admin/v1/tenants/{tenant}/drain-stop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetDrainStop {
    /// Whether keys are stopped.
    pub enabled: bool,
    /// See [`DrainStop::times`]: 2 to 1000; 10 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// See [`DrainStop::least`]: 10 to 10,000,000; 1000 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// Body of `POST /admin/v1/tenants/{tenant}/drain-stop/announce`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnnounceFetch {
    /// How long the mass fetch may take from now, in minutes: 1 to 10,080 (a week). 0 ends an announcement.
    pub minutes: u32,
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// Body of `POST /admin/v1/tenants/{tenant}/api-keys/{key}/resume`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResumeApiKey {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}
