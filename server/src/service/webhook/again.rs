//! Test events, and events that are sent again.

use bowline_api::status::WebhookState;
use bowline_api::v1::{ResendWebhooks, ResentWebhooks, WebhookTest};
use bowline_api::{EventId, TenantId, WebhookEndpointId};

use super::endpoint::TEST;
use super::within;
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::store::TenantTx;
use crate::store::webhooks::deliveries::PastEvent;

/// The number of events that one transaction queues.
const RESENT_BATCH: i64 = 5_000;

/// Sends a test event to an endpoint, whatever types of events it gets.
///
/// # Errors
/// `not_found`; `invalid_state` if it is disabled.
pub async fn test(app: &App, tenant: TenantId, actor: &Actor, id: WebhookEndpointId) -> Result<WebhookTest> {
    within(app, tenant, actor, async |tx| {
        lock_enabled(tx, id).await?;
        tx.record(actor, Event::WebhookEndpointTested { webhook_endpoint: id }).await?;
        let event_id = tx.last_told().ok_or_else(|| Error::bug("a test event was not written"))?;
        Ok(WebhookTest { event_id })
    })
    .await
}

/// Sends one event again, also one that the endpoint has accepted or was not told of.
///
/// # Errors
/// `not_found`; `invalid_state` if the endpoint is disabled.
pub async fn resend(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
    event: EventId,
) -> Result<()> {
    within(app, tenant, actor, async |tx| {
        lock_enabled(tx, id).await?;
        let past = tx.past_webhook_event(id.uuid(), event.uuid()).await?;
        // The test of another endpoint is none of this one.
        let past =
            past.filter(|past| past.kind != TEST || past.state.is_some()).ok_or_else(Error::not_found)?;
        tx.queue_webhooks_again(id.uuid(), &[past]).await?;
        let resent =
            Event::WebhooksResent { webhook_endpoint: id, events: 1, since: None, event: Some(event) };
        tx.record(actor, resent).await
    })
    .await
}

/// Sends the events since a time again that the endpoint has not accepted, or all; those that wait are tried at once. Events of the types that it
/// gets now are among them, also if it did not exist or was disabled when they happened.
///
/// # Errors
/// `not_found`; `invalid_state` if the endpoint is disabled.
pub async fn resend_since(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
    asked: &ResendWebhooks,
) -> Result<ResentWebhooks> {
    let (mut after, mut events) = (Some(0), 0);
    while let Some(from) = after {
        let (count, next) = within(app, tenant, actor, async |tx| {
            lock_enabled(tx, id).await?;
            let past = tx.past_webhook_events(id.uuid(), asked.since, from, RESENT_BATCH).await?;
            let is_full = i64::try_from(past.len()).is_ok_and(|count| count >= RESENT_BATCH);
            let next = past.last().map(|last| last.sequence).filter(|_| is_full);
            let wanted = wanted_again(tx, id, asked, past).await?;
            let count = u64::try_from(wanted.len()).unwrap_or_default();
            if count > 0 {
                tx.queue_webhooks_again(id.uuid(), &wanted).await?;
                let since = Some(asked.since);
                let resent =
                    Event::WebhooksResent { webhook_endpoint: id, events: count, since, event: None };
                tx.record(actor, resent).await?;
            }
            Ok((count, next))
        })
        .await?;
        (after, events) = (next, events + count);
    }
    Ok(ResentWebhooks { events })
}

/// Those of `past` that are to be sent again.
async fn wanted_again(
    tx: &mut TenantTx,
    id: WebhookEndpointId,
    asked: &ResendWebhooks,
    past: Vec<PastEvent>,
) -> Result<Vec<PastEvent>> {
    use bowline_api::status::WebhookDeliveryState::Delivered;
    let is_for = tx.webhook_is_for(id.uuid(), &past).await?;
    let is_wanted = |event: &PastEvent, is_for: bool| match &event.state {
        None => is_for && event.kind != TEST,
        Some(state) if *state == Delivered => asked.accepted_too,
        Some(_) => true,
    };
    let chosen = past.into_iter().zip(is_for).filter(|(event, is_for)| is_wanted(event, *is_for));
    Ok(chosen.map(|(event, _)| event).collect())
}

/// Locks an endpoint that must be enabled.
async fn lock_enabled(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<()> {
    let row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
    if row.state.known()? != WebhookState::Enabled {
        return Err(Code::InvalidState.because("this endpoint is disabled; enable it first").into());
    }
    Ok(())
}
