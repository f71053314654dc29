//! Tenants' API keys.

use bowline_api::Page;
use bowline_api::admin::{ApiKey, CreateApiKey, NewApiKey, RotateApiKey, RotatedApiKey};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{delete, get, post};

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::api_key::{self, WantedKey};
use crate::service::tenant;

/// List a tenant's API keys
///
/// All keys in one page, newest first, including revoked ones, without their secrets.
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, body = Page<ApiKey>, description = "The API keys"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/api-keys")]
pub(super) async fn list(app: &Shared, _caller: Viewer, tenant: &str) -> Result<Json<Page<ApiKey>>> {
    Ok(Json(api_key::list(app, tenant::named(app, tenant).await?).await?))
}

/// Create an API key
///
/// The response has the secret, which is never shown again.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "api-keys",
    request_body = CreateApiKey,
    responses((status = 201, body = NewApiKey, description = "The API key with its secret"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/api-keys", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    body: Body<CreateApiKey>,
) -> Result<(Status, Json<NewApiKey>)> {
    let (tenant, CreateApiKey { name, permissions, expires_at, proof }) =
        (tenant::named(app, tenant).await?, body.0);
    let actor = caller.prove(app, proof, from).await?;
    let key = api_key::add(app, &actor, tenant, &WantedKey { name, permissions, expires_at }).await?;
    Ok((Status::Created, Json(key)))
}

/// Rotate an API key
///
/// Creates a key with the same name and permissions. The old one works for `overlap_hours` more, unless it expires before; then no
/// replica accepts it. The response has the new secret, which is never shown again.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "api-keys",
    request_body = RotateApiKey,
    responses((status = 201, body = RotatedApiKey, description = "The new API key with its secret, and the old one"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/api-keys/<key>/rotate", data = "<body>")]
pub(super) async fn rotate(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    key: &str,
    body: Body<RotateApiKey>,
) -> Result<(Status, Json<RotatedApiKey>)> {
    let (tenant, key) = (tenant::named(app, tenant).await?, params::id(key)?);
    let RotateApiKey { overlap_hours, proof } = body.0;
    let actor = caller.prove(app, proof, from).await?;
    Ok((Status::Created, Json(api_key::rotate(app, &actor, tenant, key, overlap_hours).await?)))
}

/// Revoke an API key
///
/// Once this call has returned, no replica accepts the key.
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, body = ApiKey, description = "The revoked API key"), Problems),
)]
#[delete("/admin/v1/tenants/<tenant>/api-keys/<key>")]
pub(super) async fn revoke(app: &Shared, caller: Admin, tenant: &str, key: &str) -> Result<Json<ApiKey>> {
    let (tenant, key) = (tenant::named(app, tenant).await?, params::id(key)?);
    Ok(Json(api_key::revoke(app, &caller.actor(), tenant, key).await?))
}
