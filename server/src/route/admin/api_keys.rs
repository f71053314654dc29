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
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, body = Page<ApiKey>, description = "All of them, newest first, revoked ones too"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/api-keys")]
pub(super) async fn list(app: &Shared, _caller: Viewer, tenant: &str) -> Result<Json<Page<ApiKey>>> {
    Ok(Json(api_key::list(app, tenant::named(app, tenant).await?).await?))
}

/// Make an API key
#[utoipa::path(
    tag = "api-keys",
    request_body = CreateApiKey,
    responses((status = 201, body = NewApiKey, description = "The key; its secret is shown this once"), Problems),
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
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, body = ApiKey, description = "The key, which works no more on any replica"), Problems),
)]
#[delete("/admin/v1/tenants/<tenant>/api-keys/<key>")]
pub(super) async fn revoke(app: &Shared, caller: Admin, tenant: &str, key: &str) -> Result<Json<ApiKey>> {
    let (tenant, key) = (tenant::named(app, tenant).await?, params::id(key)?);
    Ok(Json(api_key::revoke(app, &caller.actor(), tenant, key).await?))
}
