//! Disabling and enabling endpoints.

use bowline_api::status::WebhookState;
use bowline_api::v1::WebhookEndpoint;
use bowline_api::{TenantId, WebhookEndpointId};

use super::shown::shown;
use super::within;
use crate::app::App;
use crate::domain::{Actor, Error, Event, Result};
use crate::store::TenantTx;
use crate::store::webhooks::endpoints::EndpointRow;

/// Why an endpoint is disabled whose tenant or operator asked for it.
const DISABLED_BY_REQUEST: &str = "requested";

/// Disables an endpoint. It is told of nothing that happens until it is enabled. A disabled one stays as it is.
///
/// # Errors
/// `not_found`.
pub async fn disable(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
) -> Result<WebhookEndpoint> {
    within(app, tenant, actor, async |tx| {
        let endpoint_row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
        if endpoint_row.state == WebhookState::Enabled {
            disable_locked(tx, actor, &endpoint_row, DISABLED_BY_REQUEST).await?;
        }
        current_endpoint(tx, id).await
    })
    .await
}

/// Enables an endpoint. What waits for it and is not too old is delivered at once. An enabled one stays as it is.
///
/// # Errors
/// `not_found`.
pub async fn enable(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
) -> Result<WebhookEndpoint> {
    loop {
        let enabled = within(app, tenant, actor, async |tx| {
            let endpoint_row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
            if endpoint_row.state == WebhookState::Disabled {
                // It is enabled at last, because its sender would put off what one transaction lets go before the next.
                if !tx.hurry_webhooks(endpoint_row.id).await? {
                    return Ok(None);
                }
                tx.switch_webhook_endpoint(endpoint_row.id, WebhookState::Enabled, None).await?;
                tx.record(actor, Event::WebhookEndpointEnabled { webhook_endpoint: id }).await?;
            }
            current_endpoint(tx, id).await.map(Some)
        })
        .await?;
        if let Some(endpoint) = enabled {
            return Ok(endpoint);
        }
    }
}

/// Disables an endpoint that is locked.
pub(super) async fn disable_locked(
    tx: &mut TenantTx,
    actor: &Actor,
    endpoint_row: &EndpointRow,
    reason: &str,
) -> Result<()> {
    tx.switch_webhook_endpoint(endpoint_row.id, WebhookState::Disabled, Some(reason)).await?;
    tx.record(actor, Event::WebhookEndpointDisabled { webhook_endpoint: endpoint_row.id.into(), reason })
        .await
}

async fn current_endpoint(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    let endpoint_row = tx.webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
    shown(tx, endpoint_row).await
}
