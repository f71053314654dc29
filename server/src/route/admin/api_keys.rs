//! Tenants' API keys.

use bowline_api::Page;
use bowline_api::admin::{ApiKey, CreateApiKey, NewApiKey};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{delete, get, post};

use crate::domain::Result;
use crate::http::{Admin, Body, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::{api_key, tenant};

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
#[utoipa::path(
    tag = "api-keys",
    request_body = CreateApiKey,
    responses((status = 201, body = NewApiKey, description = "The API key with its secret"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/api-keys", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    body: Body<CreateApiKey>,
) -> Result<(Status, Json<NewApiKey>)> {
    let key = api_key::add(app, &caller.actor(), tenant::named(app, tenant).await?, &body.0).await?;
    Ok((Status::Created, Json(key)))
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
