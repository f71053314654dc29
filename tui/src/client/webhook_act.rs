//! The changes of endpoints for webhooks, each with its danger and the role that it needs.

use bowline_api::status::Role;
use bowline_api::v1::{CreateWebhookEndpoint, EditWebhookEndpoint};
use bowline_api::{EventId, WebhookEndpointId};
use chrono::{DateTime, Utc};

use crate::danger::Danger;

use super::Proof;

/// A change of a tenant's endpoints for webhooks, or a message to one.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what the route's documentation names")]
pub enum WebhookAct {
    /// Creates an endpoint.
    Create { wanted: Box<CreateWebhookEndpoint>, proof: Proof },
    /// Changes an endpoint's URL, the types of its events or its connector; what is omitted stays as it is. Only a URL needs the proof.
    Edit { id: WebhookEndpointId, edit: Box<EditWebhookEndpoint>, proof: Proof },
    /// Disables an endpoint.
    Disable { id: WebhookEndpointId },
    /// Enables an endpoint.
    Enable { id: WebhookEndpointId },
    /// Removes an endpoint with its deliveries, which is permanent.
    Delete { id: WebhookEndpointId },
    /// Sends a test event.
    Test { id: WebhookEndpointId },
    /// Replaces an endpoint's signing secret; the old one signs as well for these hours, 0 to 720, or 24.
    Rotate { id: WebhookEndpointId, overlap_hours: Option<u32>, proof: Proof },
    /// Sends an event again.
    Resend { id: WebhookEndpointId, event: EventId },
    /// Sends all events since a time again that were not accepted, or all.
    ResendSince { id: WebhookEndpointId, since: DateTime<Utc>, accepted_too: bool },
}

impl WebhookAct {
    /// What proves that it is the operator who asks; `None` if the session is enough.
    pub(super) fn proof_mut(&mut self) -> Option<&mut Proof> {
        match self {
            Self::Create { proof, .. } | Self::Rotate { proof, .. } => Some(proof),
            Self::Edit { edit, proof, .. } => edit.url.is_some().then_some(proof),
            _ => None,
        }
    }

    pub(super) fn danger(&self) -> Danger {
        match self {
            Self::Delete { .. } => Danger::Irreversible,
            Self::Create { .. }
            | Self::Edit { .. }
            | Self::Disable { .. }
            | Self::Enable { .. }
            | Self::Test { .. }
            | Self::Rotate { .. }
            | Self::Resend { .. }
            | Self::ResendSince { .. } => Danger::Reversible,
        }
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Self::Test { .. } | Self::Resend { .. } | Self::ResendSince { .. } => Role::Operator,
            Self::Create { .. }
            | Self::Edit { .. }
            | Self::Disable { .. }
            | Self::Enable { .. }
            | Self::Delete { .. }
            | Self::Rotate { .. } => Role::Admin,
        }
    }

    pub(super) fn opposite(&self) -> Option<Self> {
        match self {
            Self::Disable { id } => Some(Self::Enable { id: *id }),
            Self::Enable { id } => Some(Self::Disable { id: *id }),
            _ => None,
        }
    }
}
