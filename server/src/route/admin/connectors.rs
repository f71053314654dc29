//! Tenants' connectors.

use bowline_api::Page;
use bowline_api::admin::{
    ChangeConnector, Connector, CreateConnector, EditConnector, RemoveConnector, ReplaceAppSecret,
    ReplacedAppSecret,
};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, patch, post, put};
use secrecy::SecretString;

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::{connector, tenant};

/// List a tenant's connectors
///
/// All connectors in one page, oldest first, without their secrets.
#[utoipa::path(
    tag = "connectors",
    responses((status = 200, body = Page<Connector>, description = "The connectors"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/connectors")]
pub(super) async fn list(app: &Shared, _caller: Viewer, tenant: &str) -> Result<Json<Page<Connector>>> {
    Ok(Json(connector::list(app, tenant::named(app, tenant).await?).await?))
}

/// Add a connector
///
/// Register the `callback_url` of the response as a redirect URI in the provider's console. An app key that any tenant
/// has already is `already_exists` (409).
#[utoipa::path(
    tag = "connectors",
    request_body = CreateConnector,
    responses((status = 201, body = Connector, description = "The connector"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/connectors", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    body: Body<CreateConnector>,
) -> Result<(Status, Json<Connector>)> {
    let connector = connector::add(app, &caller.actor(), tenant::named(app, tenant).await?, body.0).await?;
    Ok((Status::Created, Json(connector)))
}

/// Edit a connector
///
/// What is omitted stays as it is. Accounts and link sessions that exist keep their scopes. App key, protocol and service cannot be
/// edited: add another connector for another app.
#[utoipa::path(
    tag = "connectors",
    request_body = EditConnector,
    responses((status = 200, body = Connector, description = "The connector"), Problems),
)]
#[patch("/admin/v1/tenants/<tenant>/connectors/<connector>", data = "<body>")]
pub(super) async fn edit(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    connector: &str,
    body: Body<EditConnector>,
) -> Result<Json<Connector>> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    Ok(Json(connector::edit(app, &caller.actor(), tenant, connector, body.0).await?))
}

/// Remove a connector
///
/// Refused with `invalid_state` (409) while it has accounts that are not revoked, unless `revoke_accounts` is true. The accounts are then
/// revoked one by one; if the call is interrupted, the connector is disabled and the same call continues. If it is the default and
/// the tenant has others, `new_default` must name one of them. Its app key may be added again, also by another tenant.
#[utoipa::path(
    tag = "connectors",
    request_body = RemoveConnector,
    responses((status = 204, description = "It is removed"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/connectors/<connector>/remove", data = "<body>")]
pub(super) async fn remove(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    connector: &str,
    body: Body<RemoveConnector>,
) -> Result<Status> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    connector::remove(app, &caller.actor(), tenant, connector, &body.0).await?;
    Ok(Status::NoContent)
}

/// Replace a connector's app secret
///
/// The provider is asked for at most four seconds whether it accepts the new secret, which is stored whatever it says. If it refuses the secret,
/// the connector is `broken`; otherwise a broken one becomes `active`. A disabled one stays `disabled`.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "connectors",
    request_body = ReplaceAppSecret,
    responses((status = 200, body = ReplacedAppSecret, description = "The connector, and what the provider says"), Problems),
)]
#[put("/admin/v1/tenants/<tenant>/connectors/<connector>/app-secret", data = "<body>")]
pub(super) async fn replace_secret(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    connector: &str,
    body: Body<ReplaceAppSecret>,
) -> Result<Json<ReplacedAppSecret>> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    let secret = SecretString::from(body.0.app_secret);
    let actor = caller.prove(app, body.0.proof, from).await?;
    Ok(Json(connector::replace_secret(app, &actor, tenant, connector, &secret).await?))
}

/// Disable a connector
///
/// Nobody links through it and no token of its accounts is refreshed until it is enabled again. Tokens that were issued
/// remain valid until they expire, and accounts can be revoked. Disabling a disabled connector changes nothing.
#[utoipa::path(
    tag = "connectors",
    request_body = ChangeConnector,
    responses((status = 200, body = Connector, description = "The connector"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/connectors/<connector>/disable", data = "<body>")]
pub(super) async fn disable(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    connector: &str,
    body: Body<ChangeConnector>,
) -> Result<Json<Connector>> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    Ok(Json(connector::disable(app, &caller.actor(), tenant, connector, &body.0.reason).await?))
}

/// Enable a connector
///
/// A disabled connector becomes `active`. Enabling an active connector changes nothing; a broken one is `invalid_state` (409), and
/// works again with another app secret.
#[utoipa::path(
    tag = "connectors",
    request_body = ChangeConnector,
    responses((status = 200, body = Connector, description = "The connector"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/connectors/<connector>/enable", data = "<body>")]
pub(super) async fn enable(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    connector: &str,
    body: Body<ChangeConnector>,
) -> Result<Json<Connector>> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    Ok(Json(connector::enable(app, &caller.actor(), tenant, connector, &body.0.reason).await?))
}
