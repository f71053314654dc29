//! Endpoints that are told of events, and what was delivered to them. Operators see and change the same things.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::status::{WebhookDeliveryState, WebhookState};
use crate::{ConnectorId, EventId, Named, WebhookEndpointId};

/// Body of `POST /v1/webhook-endpoints`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookEndpoint {
    /// Where events are sent: https, on a host of the public internet; up to 1,000 characters.
    pub url: String,
    /// The types of events that it gets, such as `account.needs_reauth`; all if omitted or empty.
    #[serde(default)]
    pub events: Vec<String>,
    /// Only events of this connector. They then go to none of the endpoints without a connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
}

/// Body of `PATCH /v1/webhook-endpoints/{id}`. What is omitted stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditWebhookEndpoint {
    /// Where events are sent.
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
}

/// An endpoint without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEndpoint {
    /// The endpoint's id.
    pub id: WebhookEndpointId,
    /// Where events are sent.
    pub url: String,
    /// The types of events that it gets; all if empty.
    pub events: Vec<String>,
    /// The connector whose events it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector_id: Option<ConnectorId>,
    /// Whether it is told of events.
    #[cfg_attr(feature = "openapi", schema(value_type = WebhookState))]
    pub state: Named<WebhookState>,
    /// Why it is disabled: `requested`, `gone` if it answered 410, `failing` if nothing was accepted for ten days, or `integrity_error` if what is
    /// stored about it was edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Since when no delivery was accepted although some were tried; absent if the last one was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<DateTime<Utc>>,
    /// When the oldest of several valid secrets stops being used; absent if there is one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_expires_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// An endpoint with a new secret, which is never shown again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWebhookEndpoint {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: WebhookEndpoint,
    /// `whsec_…`: give it to a library of Standard Webhooks as it is.
    pub secret: String,
}

impl std::fmt::Debug for NewWebhookEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhookEndpoint").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Body of `POST /v1/webhook-endpoints/{id}/rotate-secret`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateWebhookSecret {
    /// How many hours messages are signed with the old secret as well: 0 to 720; 24 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<u32>,
}

/// Response of `POST /v1/webhook-endpoints/{id}/test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookTest {
    /// The event of the type `endpoint.test` that is on its way.
    pub event_id: EventId,
}

/// Body of `POST /v1/webhook-endpoints/{id}/resend`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResendWebhooks {
    /// The events that happened at this time or later.
    pub since: DateTime<Utc>,
    /// Whether those that were accepted are sent again as well; false if omitted.
    #[serde(default)]
    pub accepted_too: bool,
}

/// Response of `POST /v1/webhook-endpoints/{id}/resend`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResentWebhooks {
    /// The number of events that are on their way.
    pub events: u64,
}

/// What became of one event at one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDelivery {
    /// The event, which is the message's `webhook-id` as well.
    pub event_id: EventId,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the event happened.
    pub occurred_at: DateTime<Utc>,
    /// Whether the endpoint has got it.
    #[cfg_attr(feature = "openapi", schema(value_type = WebhookDeliveryState))]
    pub state: Named<WebhookDeliveryState>,
    /// How often it was tried since it was last asked for.
    pub attempts: u32,
    /// When it was tried last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<DateTime<Utc>>,
    /// When it is tried next; absent unless it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer: `connect_failed`, also if the address is not on the public internet, `timeout` or `interrupted`; `too_late` if it was
    /// skipped because it could not be tried in time. Operators also see `address_not_public`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many milliseconds the last attempt took. Absent for `connect_failed`, except for operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
    /// The beginning of the last answer, up to 1,024 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}
