//! Tenants' endpoints for webhooks: what operators see and change is what the tenant itself sees and changes. What decides where events go
//! asks for a proof.

use bowline_api::Page;
use bowline_api::admin::{AddWebhookEndpoint, ChangeWebhookEndpoint, ReplaceWebhookSecret};
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, ResendWebhooks, ResentWebhooks,
    RotateWebhookSecret, WebhookDelivery, WebhookEndpoint, WebhookTest,
};
use rocket::http::Status;
use rocket::response::status::Accepted;
use rocket::serde::json::Json;
use rocket::{delete, get, patch, post};

use crate::domain::{Code, Result};
use crate::http::{Admin, Body, ClientAddress, Revoker, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::tenant;
use crate::service::webhook::{self, DeliveryQuery};

/// List a tenant's webhook endpoints
///
/// All endpoints in one page, newest first, without their secrets.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 200, body = Page<WebhookEndpoint>, description = "The endpoints"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/webhook-endpoints")]
pub(super) async fn list(app: &Shared, caller: Viewer, tenant: &str) -> Result<Json<Page<WebhookEndpoint>>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Json(webhook::list(app, tenant, &actor).await?))
}

/// Create a webhook endpoint
///
/// The response has the signing secret, which is never shown again.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "webhooks",
    request_body = AddWebhookEndpoint,
    responses((status = 201, body = NewWebhookEndpoint, description = "The endpoint with its secret"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints", data = "<body>")]
pub(super) async fn create(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    body: Body<AddWebhookEndpoint>,
) -> Result<(Status, Json<NewWebhookEndpoint>)> {
    let (tenant, AddWebhookEndpoint { url, events, connector, proof }) =
        (tenant::named(app, tenant).await?, body.0);
    let actor = caller.prove(app, proof, from).await?;
    let wanted = CreateWebhookEndpoint { url, events, connector };
    Ok((Status::Created, Json(webhook::create(app, tenant, &actor, &wanted, None).await?)))
}

/// Get a webhook endpoint
#[utoipa::path(
    tag = "webhooks",
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>")]
pub(super) async fn show(
    app: &Shared,
    caller: Viewer,
    tenant: &str,
    endpoint: &str,
) -> Result<Json<WebhookEndpoint>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Json(webhook::show(app, tenant, &actor, params::id(endpoint)?).await?))
}

/// Edit a webhook endpoint
///
/// What is omitted stays as it is. Events that wait go to the new URL at once.
///
/// A URL asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a
/// failed login.
#[utoipa::path(
    tag = "webhooks",
    request_body = ChangeWebhookEndpoint,
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems),
)]
#[patch("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>", data = "<body>")]
pub(super) async fn edit(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    endpoint: &str,
    body: Body<ChangeWebhookEndpoint>,
) -> Result<Json<WebhookEndpoint>> {
    let (tenant, endpoint) = (tenant::named(app, tenant).await?, params::id(endpoint)?);
    let ChangeWebhookEndpoint { url, events, connector, proof } = body.0;
    let actor = match (proof, &url) {
        (Some(proof), _) => caller.prove(app, proof, from).await?,
        (None, None) => caller.actor(),
        (None, Some(_)) => {
            let detail = "missing field `proof`, which a URL needs";
            return Err(Code::InvalidField.because(detail).field("proof").into());
        }
    };
    let asked = EditWebhookEndpoint { url, events, connector };
    Ok(Json(webhook::edit(app, tenant, &actor, endpoint, &asked).await?))
}

/// Remove a webhook endpoint
///
/// Nothing more is sent to it, except for attempts that have begun. Its deliveries are deleted.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 204, description = "It is removed"), Problems),
)]
#[delete("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>")]
pub(super) async fn remove(app: &Shared, caller: Admin, tenant: &str, endpoint: &str) -> Result<Status> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    webhook::remove(app, tenant, &actor, params::id(endpoint)?).await?;
    Ok(Status::NoContent)
}

/// Disable a webhook endpoint
///
/// It is told of nothing that happens until it is enabled again. Disabling a disabled endpoint changes nothing.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/disable")]
pub(super) async fn disable(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    endpoint: &str,
) -> Result<Json<WebhookEndpoint>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Json(webhook::disable(app, tenant, &actor, params::id(endpoint)?).await?))
}

/// Enable a webhook endpoint
///
/// What waits for it and is less than three days old is delivered at once.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 200, body = WebhookEndpoint, description = "The endpoint"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/enable")]
pub(super) async fn enable(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    endpoint: &str,
) -> Result<Json<WebhookEndpoint>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Json(webhook::enable(app, tenant, &actor, params::id(endpoint)?).await?))
}

/// Rotate a webhook endpoint's secret
///
/// Messages are signed with the new secret from now on, and with the old one as well for `overlap_hours`. The response has the new
/// secret, which is never shown again.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "webhooks",
    request_body = ReplaceWebhookSecret,
    responses((status = 200, body = NewWebhookEndpoint, description = "The endpoint with its new secret"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/rotate-secret", data = "<body>")]
pub(super) async fn rotate_secret(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    endpoint: &str,
    body: Body<ReplaceWebhookSecret>,
) -> Result<Json<NewWebhookEndpoint>> {
    let (tenant, endpoint) = (tenant::named(app, tenant).await?, params::id(endpoint)?);
    let ReplaceWebhookSecret { overlap_hours, proof } = body.0;
    let actor = caller.prove(app, proof, from).await?;
    let wanted = RotateWebhookSecret { overlap_hours };
    Ok(Json(webhook::rotate(app, tenant, &actor, endpoint, &wanted, None).await?))
}

/// Send a test event
///
/// Sends an event of the type `endpoint.test`, whatever types the endpoint gets. Its delivery is in the list of deliveries.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 202, body = WebhookTest, description = "The event, which is on its way"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/test")]
pub(super) async fn test(
    app: &Shared,
    caller: Revoker,
    tenant: &str,
    endpoint: &str,
) -> Result<Accepted<Json<WebhookTest>>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Accepted(Json(webhook::test(app, tenant, &actor, params::id(endpoint)?).await?)))
}

/// List deliveries
///
/// What became of events at the endpoint, newest event first. Events are kept for 30 days, `account.changed` for three. With `state`, only those
/// that are `waiting`, `delivered` or `skipped`; `waiting,skipped` has both.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 200, body = Page<WebhookDelivery>, description = "A page of deliveries"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/deliveries?<state>&<cursor>&<limit>")]
pub(super) async fn deliveries(
    app: &Shared,
    caller: Viewer,
    tenant: &str,
    endpoint: &str,
    state: Option<&str>,
    cursor: Option<&str>,
    limit: Option<&str>,
) -> Result<Json<Page<WebhookDelivery>>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    let query = DeliveryQuery { state: params::query("state", state)?, cursor, limit: params::limit(limit)? };
    Ok(Json(webhook::deliveries(app, tenant, &actor, params::id(endpoint)?, &query).await?))
}

/// Send an event again
///
/// Also one that the endpoint has accepted, and one that it was not told of. It has the same id as before.
#[utoipa::path(
    tag = "webhooks",
    responses((status = 202, description = "It is on its way"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/deliveries/<event>/resend")]
pub(super) async fn resend(
    app: &Shared,
    caller: Revoker,
    tenant: &str,
    endpoint: &str,
    event: &str,
) -> Result<Status> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    webhook::resend(app, tenant, &actor, params::id(endpoint)?, params::id(event)?).await?;
    Ok(Status::Accepted)
}

/// Send all events since a time again
///
/// Those that the endpoint has not accepted, among them what waits, and what it was not told of because it was disabled or did not exist; with
/// `accepted_too`,
/// the others as well. They have the same ids as before.
#[utoipa::path(
    tag = "webhooks",
    request_body = ResendWebhooks,
    responses((status = 202, body = ResentWebhooks, description = "How many are on their way"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/webhook-endpoints/<endpoint>/resend", data = "<body>")]
pub(super) async fn resend_since(
    app: &Shared,
    caller: Revoker,
    tenant: &str,
    endpoint: &str,
    body: Body<ResendWebhooks>,
) -> Result<Accepted<Json<ResentWebhooks>>> {
    let (tenant, actor) = (tenant::named(app, tenant).await?, caller.actor());
    Ok(Accepted(Json(webhook::resend_since(app, tenant, &actor, params::id(endpoint)?, &body.0).await?)))
}
