//! `/v1/webhook-endpoints`: where a tenant's app is told of events.

use std::sync::Arc;

use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, ResendWebhooks, ResentWebhooks,
    RotateWebhookSecret, WebhookDelivery, WebhookEndpoint, WebhookTest,
};
use bowline_api::{AnyOf, EventId, Page, WebhookEndpointId};
use rocket::http::Status;
use rocket::response::status::{Accepted, Created};
use rocket::serde::json::Json;
use rocket::{State, delete, get, patch, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::ManageWebhooks;
use crate::http::{Body, IdempotencyKey, OptionalBody, Replayable, TenantApp, params};
use crate::route::problems::Problems;
use crate::service::once::{Call, Claim, once};
use crate::service::webhook::{self, DeliveryQuery};

type Caller = TenantApp<ManageWebhooks>;

/// Create a webhook endpoint
///
/// The endpoint gets events as messages of Standard Webhooks. The response has its signing secret, which is never shown again. The URL must
/// be https on a host of the public internet; redirects are not followed.
#[utoipa::path(tag = "webhooks", request_body = CreateWebhookEndpoint,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = NewWebhookEndpoint, description = "The endpoint with its secret"), Problems))]
#[post("/v1/webhook-endpoints", data = "<body>")]
pub(super) async fn create(
    app: &State<Arc<App>>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<CreateWebhookEndpoint>,
) -> Result<Replayable<Created<Json<NewWebhookEndpoint>>>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    let call = Call { key: key.as_deref(), route: "POST /v1/webhook-endpoints", request: &body.0 };
    let work = async |claim: Option<&Claim>| webhook::create(app, tenant, &actor, &body.0, claim).await;
    let made = once(app, tenant, call, work).await?;
    let place = |new: &NewWebhookEndpoint| format!("/v1/webhook-endpoints/{}", new.endpoint.id);
    Ok(made.respond(|new| Created::new(place(&new)).body(Json(new))))
}

/// List webhook endpoints
///
/// All endpoints in one page, newest first, without their secrets.
#[utoipa::path(tag = "webhooks",
    responses((status = 200, body = Page<WebhookEndpoint>, description = "The endpoints"), Problems))]
#[get("/v1/webhook-endpoints")]
pub(super) async fn list(app: &State<Arc<App>>, caller: Caller) -> Result<Json<Page<WebhookEndpoint>>> {
    Ok(Json(webhook::list(app, caller.key.tenant(), &caller.key.actor()).await?))
}

/// Get a webhook endpoint
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems))]
#[get("/v1/webhook-endpoints/<id>")]
pub(super) async fn show(app: &State<Arc<App>>, caller: Caller, id: &str) -> Result<Json<WebhookEndpoint>> {
    Ok(Json(webhook::show(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?).await?))
}

/// Edit a webhook endpoint
///
/// What is omitted stays as it is. Events that wait go to the new URL at once.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = EditWebhookEndpoint,
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems))]
#[patch("/v1/webhook-endpoints/<id>", data = "<body>")]
pub(super) async fn edit(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
    body: Body<EditWebhookEndpoint>,
) -> Result<Json<WebhookEndpoint>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    Ok(Json(webhook::edit(app, tenant, &actor, params::id(id)?, &body.0).await?))
}

/// Remove a webhook endpoint
///
/// Nothing more is sent to it, except for attempts that have begun. Its deliveries are deleted.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 204, description = "It is removed"), Problems))]
#[delete("/v1/webhook-endpoints/<id>")]
pub(super) async fn remove(app: &State<Arc<App>>, caller: Caller, id: &str) -> Result<Status> {
    webhook::remove(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?).await?;
    Ok(Status::NoContent)
}

/// Disable a webhook endpoint
///
/// It is told of nothing that happens until it is enabled again. Disabling a disabled endpoint changes nothing.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems))]
#[post("/v1/webhook-endpoints/<id>/disable")]
pub(super) async fn disable(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
) -> Result<Json<WebhookEndpoint>> {
    Ok(Json(webhook::disable(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?).await?))
}

/// Enable a webhook endpoint
///
/// What waits for it and is less than three days old is delivered at once. Send it what it has missed with `resend`.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems))]
#[post("/v1/webhook-endpoints/<id>/enable")]
pub(super) async fn enable(app: &State<Arc<App>>, caller: Caller, id: &str) -> Result<Json<WebhookEndpoint>> {
    Ok(Json(webhook::enable(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?).await?))
}

/// Rotate a webhook endpoint's secret
///
/// Messages are signed with the new secret from now on, and with the old one as well for `overlap_hours`. The response has the new secret,
/// which is never shown again.
#[utoipa::path(tag = "webhooks", request_body = RotateWebhookSecret,
    params(("id" = WebhookEndpointId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = NewWebhookEndpoint, description = "The endpoint with its new secret"), Problems))]
#[post("/v1/webhook-endpoints/<id>/rotate-secret", data = "<body>")]
pub(super) async fn rotate_secret(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
    key: IdempotencyKey,
    body: OptionalBody<RotateWebhookSecret>,
) -> Result<Replayable<Json<NewWebhookEndpoint>>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    let id: WebhookEndpointId = params::id(id)?;
    let route = "POST /v1/webhook-endpoints/{id}/rotate-secret";
    let call = Call { key: key.as_deref(), route, request: &(id, &body.0) };
    let work = async |claim: Option<&Claim>| webhook::rotate(app, tenant, &actor, id, &body.0, claim).await;
    Ok(once(app, tenant, call, work).await?.respond(Json))
}

/// Send a test event
///
/// Sends an event of the type `endpoint.test`, whatever types the endpoint gets. Its delivery is in the list of deliveries.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 202, body = WebhookTest, description = "The event, which is on its way"), Problems))]
#[post("/v1/webhook-endpoints/<id>/test")]
pub(super) async fn test(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
) -> Result<Accepted<Json<WebhookTest>>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    Ok(Accepted(Json(webhook::test(app, tenant, &actor, params::id(id)?).await?)))
}

/// List deliveries
///
/// What became of events at the endpoint, newest event first. Events are kept for 30 days, `account.changed` for three.
#[utoipa::path(tag = "webhooks",
    params(("id" = WebhookEndpointId, Path),
        ("state" = Option<bowline_api::status::WebhookDeliveryState>, Query, description = "Only deliveries in this state."),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<WebhookDelivery>, description = "A page of deliveries"), Problems))]
#[get("/v1/webhook-endpoints/<id>/deliveries?<state>&<cursor>&<limit>")]
pub(super) async fn deliveries(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
    state: Option<&str>,
    cursor: Option<&str>,
    limit: Option<&str>,
) -> Result<Json<Page<WebhookDelivery>>> {
    let state = params::query::<WebhookDeliveryState>("state", state)?.map(AnyOf::from);
    let query = DeliveryQuery { state, cursor, limit: params::limit(limit)? };
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    Ok(Json(webhook::deliveries(app, tenant, &actor, params::id(id)?, &query).await?))
}

/// Send an event again
///
/// Also one that the endpoint has accepted, and one that it was not told of. It has the same id as before.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path), ("event" = EventId, Path)),
    responses((status = 202, description = "It is on its way"), Problems))]
#[post("/v1/webhook-endpoints/<id>/deliveries/<event>/resend")]
pub(super) async fn resend(app: &State<Arc<App>>, caller: Caller, id: &str, event: &str) -> Result<Status> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    webhook::resend(app, tenant, &actor, params::id(id)?, params::id(event)?).await?;
    Ok(Status::Accepted)
}

/// Send all events since a time again
///
/// Those that the endpoint has not accepted, among them what waits, and what it was not told of because it was disabled or did not exist; with
/// `accepted_too`, the others as well. They have the same ids as before.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = ResendWebhooks,
    responses((status = 202, body = ResentWebhooks, description = "How many are on their way"), Problems))]
#[post("/v1/webhook-endpoints/<id>/resend", data = "<body>")]
pub(super) async fn resend_since(
    app: &State<Arc<App>>,
    caller: Caller,
    id: &str,
    body: Body<ResendWebhooks>,
) -> Result<Accepted<Json<ResentWebhooks>>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    Ok(Accepted(Json(webhook::resend_since(app, tenant, &actor, params::id(id)?, &body.0).await?)))
}
