//! Endpoints as the API shows them.

use bowline_api::v1::{NewWebhookEndpoint, WebhookEndpoint};
use bowline_webhook::Secret;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::webhooks::endpoints::EndpointRow;

/// The endpoint as the API shows it.
pub(super) async fn shown(tx: &mut TenantTx, endpoint_row: EndpointRow) -> Result<WebhookEndpoint> {
    let secrets = tx.webhook_secrets(endpoint_row.id).await?;
    let end = secrets.iter().filter_map(|secret| secret.expires_at).min();
    to_wire(endpoint_row, end)
}

/// The endpoint with a secret that is never shown again.
pub(super) fn shown_once(endpoint: WebhookEndpoint, secret: &Secret) -> NewWebhookEndpoint {
    NewWebhookEndpoint { endpoint, secret: secret.expose().expose_secret().to_owned() }
}

/// `old_secret_expires_at` is when the first of its old secrets expires.
pub(super) fn to_wire(
    endpoint_row: EndpointRow,
    old_secret_expires_at: Option<DateTime<Utc>>,
) -> Result<WebhookEndpoint> {
    Ok(WebhookEndpoint {
        id: endpoint_row.id.into(),
        url: endpoint_row.url,
        events: endpoint_row.events,
        connector_id: endpoint_row.connector_id.map(Into::into),
        state: endpoint_row.state.known()?.into(),
        state_reason: endpoint_row.state_reason,
        failing_since: endpoint_row.failing_since,
        old_secret_expires_at,
        created_at: endpoint_row.created_at,
    })
}
