//! What operators send to say where a tenant is told of events: the tenant's own bodies, with a proof.

use serde::{Deserialize, Serialize};

use super::ProvePassword;
use crate::ConnectorId;
use crate::given::given;

/// Body of `POST /admin/v1/tenants/{id}/webhook-endpoints`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddWebhookEndpoint {
    /// Where events are sent: https, on a host of the public internet; up to 1,000 characters.
    pub url: String,
    /// The types of events that it gets, such as `account.needs_reauth`; all if omitted or empty.
    #[serde(default)]
    pub events: Vec<String>,
    /// Only events of this connector. They then go to none of the endpoints without a connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

/// Body of `PATCH /admin/v1/tenants/{id}/webhook-endpoints/{id}`. What is omitted stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhookEndpoint {
    /// Where events are sent. It needs `proof`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The types of events that it gets; all if empty. Of events that wait, those of other types are still delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// The only connector whose events it gets; `null`: the events of all connectors that have no endpoint of their own. What waits is still
    /// delivered.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ConnectorId>))]
    pub connector: Option<Option<ConnectorId>>,
    /// Your own password, and a code if you log in with one; needed with `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProvePassword>,
}

/// Body of `POST /admin/v1/tenants/{id}/webhook-endpoints/{id}/rotate-secret`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceWebhookSecret {
    /// How many hours messages are signed with the old secret as well: 0 to 720; 24 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<u32>,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}
