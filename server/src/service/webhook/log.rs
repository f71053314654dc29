//! The log of deliveries, as operators and tenants see it.

use bowline_api::status::{WebhookDeliveryState, WebhookState};
use bowline_api::v1::WebhookDelivery;
use bowline_api::{AnyOf, EventId, Page, TenantId, WebhookEndpointId};
use bowline_webhook::NotSent;

use super::within;
use crate::app::App;
use crate::domain::{Actor, Error, Result};
use crate::service::cursor::{self, Cursor, List};
use crate::store::webhooks::deliveries::{DeliveryFilter, DeliveryRow};

/// Which deliveries a page contains.
#[derive(Debug)]
pub struct DeliveryQuery<'a> {
    /// Only deliveries in any of these states.
    pub state: Option<AnyOf<WebhookDeliveryState>>,
    /// Where the previous page of deliveries ended.
    pub cursor: Option<&'a str>,
    /// The maximum number of deliveries on the page.
    pub limit: i64,
}

/// One page of an endpoint's deliveries, newest event first.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn deliveries(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
    query: &DeliveryQuery<'_>,
) -> Result<Page<WebhookDelivery>> {
    let binding = (tenant, id, &query.state);
    let list = List::new(app.vault.ring(), "webhook-deliveries", &binding)?;
    let asked: Option<Cursor<i64>> = list.read(query.cursor)?;
    let wanted = DeliveryFilter {
        state: query.state.as_ref(),
        from: asked.as_ref().map(|cursor| (cursor.key, cursor.is_backwards())),
        limit: query.limit + 1,
    };
    let (endpoint, rows) = within(app, tenant, actor, async |tx| {
        let endpoint = tx.webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
        Ok((endpoint, tx.webhook_deliveries(id.uuid(), &wanted).await?))
    })
    .await?;
    let is_enabled = endpoint.state == WebhookState::Enabled;
    let page = list.page(asked.as_ref(), rows, query.limit, |delivery_row| delivery_row.sequence)?;
    let is_tenant = matches!(actor, Actor::ApiKey { .. });
    let seen = |delivery_row| {
        to_wire(if is_tenant { without_the_inside(delivery_row) } else { delivery_row }, is_enabled)
    };
    cursor::try_map(page, |delivery_row| EventId::from(delivery_row.event), seen)
}

/// A row as its tenant sees it: an address that may not be called looks like one at which nobody answers, and how soon that was known is
/// left out. Otherwise a tenant could find out by names and addresses of its choice which networks are ours, and what our name servers know.
fn without_the_inside(delivery_row: DeliveryRow) -> DeliveryRow {
    let not_connected = [NotSent::NotPublic, NotSent::Connect].map(NotSent::code);
    if !delivery_row.error.as_deref().is_some_and(|error| not_connected.contains(&error)) {
        return delivery_row;
    }
    DeliveryRow { error: Some(NotSent::Connect.code().to_owned()), milliseconds: None, ..delivery_row }
}

fn to_wire(delivery_row: DeliveryRow, is_enabled: bool) -> Result<WebhookDelivery> {
    let state = delivery_row.state.known()?;
    let is_next = is_enabled && state == WebhookDeliveryState::Waiting;
    Ok(WebhookDelivery {
        event_id: delivery_row.event.into(),
        kind: delivery_row.kind,
        occurred_at: delivery_row.at,
        state: state.into(),
        attempts: delivery_row.attempts.try_into().unwrap_or_default(),
        attempted_at: delivery_row.attempted_at,
        next_attempt_at: is_next.then_some(delivery_row.next_at),
        status: delivery_row.status.and_then(|status| status.try_into().ok()),
        error: delivery_row.error,
        duration_ms: delivery_row.milliseconds.and_then(|count| count.try_into().ok()),
        answer: delivery_row.answer,
    })
}
