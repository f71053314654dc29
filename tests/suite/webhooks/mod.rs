//! Events out, by Standard Webhooks.

mod again;
mod api;
mod backlog;
mod deliver;
mod fair;
mod follow;
mod frozen;
mod guard;
mod kill;
mod listen;
mod notices;
mod order;
mod replicas;
mod verify;

use anyhow::{Context as _, Result};
use bowline_api::v1::{NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint};
use bowline_api::{Page, WebhookEndpointId};
use bowline_tests::{Answer, Received, Receiver, Stack, StackBuilder, Tenant, until};
use reqwest::Method;
use serde_json::{Value, json};

/// A stack whose webhooks may reach this machine.
fn reaching_this_machine() -> StackBuilder {
    Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).setting("BOWLINE_LOG", "info")
}

/// A stack with a tenant and a receiver, which gets all events.
async fn told() -> Result<(Stack, Tenant, Receiver, NewWebhookEndpoint)> {
    let stack = reaching_this_machine().start().await?;
    let (acme, receiver) = (Tenant::create(&stack, "acme").await?, Receiver::start().await?);
    let endpoint = add(&acme, json!({ "url": receiver.url() })).await?;
    Ok((stack, acme, receiver, endpoint))
}

async fn add(tenant: &Tenant, body: Value) -> Result<NewWebhookEndpoint> {
    tenant.call(Method::POST, "/v1/webhook-endpoints", Some(body)).await?.good()
}

/// Any call about an endpoint: `rest` is what follows its id.
async fn call(
    tenant: &Tenant,
    method: Method,
    id: WebhookEndpointId,
    rest: &str,
    body: Option<Value>,
) -> Result<Answer> {
    tenant.call(method, &format!("/v1/webhook-endpoints/{id}{rest}"), body).await
}

async fn shown(tenant: &Tenant, id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    call(tenant, Method::GET, id, "", None).await?.good()
}

/// The log of an endpoint, oldest first.
async fn log(tenant: &Tenant, id: WebhookEndpointId) -> Result<Vec<WebhookDelivery>> {
    let page: Page<WebhookDelivery> =
        call(tenant, Method::GET, id, "/deliveries?limit=200", None).await?.good()?;
    Ok(page.items.into_iter().rev().collect())
}

/// The entry about an event of this type.
async fn logged(tenant: &Tenant, id: WebhookEndpointId, kind: &str) -> Result<WebhookDelivery> {
    let log = log(tenant, id).await?;
    log.into_iter().find(|one| one.kind == kind).with_context(|| format!("no {kind}"))
}

/// Lets everything that is to be tried again be tried now, until the receiver has got `count` messages that `fit`, and returns these.
async fn gets_at_last(
    stack: &Stack,
    receiver: &Receiver,
    count: usize,
    fit: impl Fn(&Received) -> bool,
) -> Result<Vec<Received>> {
    let due = "UPDATE webhook_deliveries SET next_at = now() WHERE state = 'waiting' AND next_at > now()";
    until("the messages to be sent again", async || {
        stack.database.execute(due, &[]).await.ok()?;
        let found: Vec<Received> = receiver.received().into_iter().filter(&fit).collect();
        (found.len() >= count).then_some(found)
    })
    .await
}
