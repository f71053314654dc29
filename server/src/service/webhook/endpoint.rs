//! Adding, showing, editing and removing endpoints.

use std::collections::HashMap;
use std::time::Duration;

use bowline_api::status::WebhookState;
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, TenantEvent, WebhookEndpoint,
};
use bowline_api::{ConnectorId, Page, TenantId, WebhookEndpointId};

use super::shown::{shown, shown_once, to_wire};
use super::{secret, within};
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result, entropy};
use crate::service::cursor;
use crate::service::once::Claim;
use crate::store::TenantTx;
use crate::store::webhooks::endpoints::{EndpointRow, NewEndpoint};

/// The maximum number of endpoints of a tenant. Each event is written once for each that wants it.
const MOST_ENDPOINTS: usize = 20;

/// For how long nobody delivers to an endpoint that is being moved, if more waits for it than one transaction changes.
const MOVING: Duration = Duration::from_secs(30);

/// The type of test events, which no endpoint asks for.
pub(super) const TEST: &str = TenantEvent::EndpointTest.as_str();

/// Adds an endpoint. Its secret is in this answer, and in the one that `claim` keeps, and nowhere else.
///
/// # Errors
/// `invalid_field`; `not_found` if there is no such connector; `invalid_state` if the tenant has as many endpoints as it may have.
pub async fn create(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    asked: &CreateWebhookEndpoint,
    claim: Option<&Claim>,
) -> Result<NewWebhookEndpoint> {
    let (url, events) = (endpoint_target(app, &asked.url)?, endpoint_events(&asked.events)?);
    let (id, new_secret) = (entropy::id::<bowline_api::id::WebhookEndpoint>(), secret::generate()?);
    within(app, tenant, actor, async |tx| {
        check_connector(tx, asked.connector).await?;
        let connector_id = asked.connector.map(|connector| connector.uuid());
        let new = NewEndpoint { id: id.uuid(), connector_id, url: &url, events: &events };
        let endpoint_row = tx.insert_webhook_endpoint(&new).await?;
        secret::insert(app, tx, &endpoint_row, 1, &new_secret).await?;
        let added = Event::WebhookEndpointAdded {
            webhook_endpoint: id,
            url: &url,
            events: &events,
            connector: asked.connector,
        };
        tx.record(actor, added).await?;
        // Nobody else can add one until this transaction ends, because it holds the log.
        if tx.webhook_endpoints().await?.len() > MOST_ENDPOINTS {
            let detail =
                format!("a tenant can have {MOST_ENDPOINTS} endpoints; remove one that is not needed");
            return Err(Code::InvalidState.because(detail).into());
        }
        let answer = shown_once(to_wire(endpoint_row, None)?, &new_secret);
        if let Some(claim) = claim {
            claim.keep(app, tx, &answer).await?;
        }
        Ok(answer)
    })
    .await
}

/// All endpoints of the tenant, newest first.
///
/// # Errors
/// `not_found`.
pub async fn list(app: &App, tenant: TenantId, actor: &Actor) -> Result<Page<WebhookEndpoint>> {
    let (rows, ends) = within(app, tenant, actor, async |tx| {
        Ok((tx.webhook_endpoints().await?, tx.webhook_secret_ends().await?))
    })
    .await?;
    // Of several ends of one endpoint, the first is the last that is inserted.
    let ends: HashMap<_, _> = ends.into_iter().rev().collect();
    let with_end = |endpoint_row: EndpointRow| {
        let end = ends.get(&endpoint_row.id).copied();
        to_wire(endpoint_row, end)
    };
    cursor::try_map(cursor::whole(rows), |endpoint_row| WebhookEndpointId::from(endpoint_row.id), with_end)
}

/// One endpoint.
///
/// # Errors
/// `not_found`.
pub async fn show(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
) -> Result<WebhookEndpoint> {
    within(app, tenant, actor, async |tx| {
        let endpoint_row = tx.webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
        shown(tx, endpoint_row).await
    })
    .await
}

/// Edits an endpoint. If its URL changes, its secrets are sealed again, because they are bound to it, and what waits is tried there at once.
///
/// # Errors
/// `not_found`, also if there is no such connector; `invalid_field`.
pub async fn edit(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
    asked: &EditWebhookEndpoint,
) -> Result<WebhookEndpoint> {
    let url = asked.url.as_deref().map(|url| endpoint_target(app, url)).transpose()?;
    let events = asked.events.as_deref().map(endpoint_events).transpose()?;
    let mut is_paused = false;
    loop {
        let done = within(app, tenant, actor, async |tx| {
            let endpoint_row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
            let mut edited = endpoint_row.clone();
            edited.url = url.clone().unwrap_or(edited.url);
            edited.events = events.clone().unwrap_or(edited.events);
            if let Some(connector) = asked.connector {
                edited.connector_id = connector.map(|connector| connector.uuid());
            }
            let (new_url, new_events) =
                (edited.url != endpoint_row.url, edited.events != endpoint_row.events);
            let new_connector = edited.connector_id != endpoint_row.connector_id;
            if new_connector {
                check_connector(tx, asked.connector.flatten()).await?;
            }
            if new_url {
                if !tx.hurry_webhooks(endpoint_row.id).await? {
                    // Meanwhile nothing goes to the old address, and the sender does not put off what is to go.
                    tx.pause_webhook_endpoint(endpoint_row.id, MOVING).await?;
                    return Ok(None);
                }
                secret::reseal_secrets(app, tx, &endpoint_row, &edited).await?;
                edited.failing_since = None;
                tx.mark_webhook_endpoint(endpoint_row.id, None).await?;
            }
            if is_paused {
                tx.hold_webhook_endpoint(endpoint_row.id, None).await?;
            }
            if new_url || new_events || new_connector {
                tx.edit_webhook_endpoint(&edited).await?;
                let connector = edited
                    .connector_id
                    .map_or_else(|| "none".to_owned(), |id| ConnectorId::from(id).to_string());
                let event = Event::WebhookEndpointEdited {
                    webhook_endpoint: id,
                    url: new_url.then_some(edited.url.as_str()),
                    events: new_events.then_some(edited.events.as_slice()),
                    connector: new_connector.then_some(connector.as_str()),
                };
                tx.record(actor, event).await?;
            }
            shown(tx, edited).await.map(Some)
        })
        .await?;
        if let Some(endpoint) = done {
            return Ok(endpoint);
        }
        is_paused = true;
    }
}

/// Removes an endpoint. Nothing more is sent to it, except for attempts that have begun.
///
/// # Errors
/// `not_found`.
pub async fn remove(app: &App, tenant: TenantId, actor: &Actor, id: WebhookEndpointId) -> Result<()> {
    within(app, tenant, actor, async |tx| {
        let endpoint_row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
        tx.delete_webhook_secrets(endpoint_row.id).await?;
        tx.switch_webhook_endpoint(endpoint_row.id, WebhookState::Removed, None).await?;
        tx.record(actor, Event::WebhookEndpointRemoved { webhook_endpoint: id }).await
    })
    .await
}

/// Checks that the tenant has this connector, if any is named.
async fn check_connector(tx: &mut TenantTx, connector: Option<ConnectorId>) -> Result<()> {
    let Some(connector) = connector else { return Ok(()) };
    let endpoint_row = tx.connector(connector.uuid()).await?;
    endpoint_row
        .filter(|endpoint_row| endpoint_row.removed_at.is_none())
        .ok_or_else(Error::not_found)
        .map(drop)
}

/// The normal form of a URL that may be called.
fn endpoint_target(app: &App, url: &str) -> Result<String> {
    let target = app.webhooks.target(url);
    target.map(|target| target.as_str().to_owned()).map_err(|bad| {
        let refusal = Code::InvalidField.because(format!("url {bad}"));
        refusal.field("url").into()
    })
}

/// The types of events, each once.
fn endpoint_events(asked: &[String]) -> Result<Vec<String>> {
    let names = TenantEvent::ALL.iter().map(|kind| kind.as_str());
    let mut all: Vec<&str> = names.filter(|kind| *kind != TEST).collect();
    if asked.iter().any(|kind| !all.contains(&kind.as_str())) {
        all.sort_unstable();
        let detail = format!("events must be of these types: {}", all.join(", "));
        return Err(Code::InvalidField.because(detail).field("events").into());
    }
    let mut types = asked.to_vec();
    types.sort_unstable();
    types.dedup();
    Ok(types)
}
