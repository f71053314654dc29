//! Tenants' connectors.

use bowline_api::Page;
use bowline_api::admin::{Connector, CreateConnector, ReplaceAppSecret};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post, put};
use secrecy::SecretString;

use super::Shared;
use crate::domain::Result;
use crate::guard::{Admin, Body, Viewer, params};
use crate::route::openapi::Problems;
use crate::service::{connector, tenant};

/// List a tenant's connectors
#[utoipa::path(
    tag = "connectors",
    responses((status = 200, body = Page<Connector>, description = "All of them, oldest first"), Problems),
    security(("operator" = [])),
)]
#[get("/admin/v1/tenants/<tenant>/connectors")]
pub async fn list(app: &Shared, _caller: Viewer, tenant: &str) -> Result<Json<Page<Connector>>> {
    Ok(Json(connector::list(app, tenant::named(app, tenant).await?).await?))
}

/// Add a connector
#[utoipa::path(
    tag = "connectors",
    request_body = CreateConnector,
    responses((status = 201, body = Connector, description = "The connector; register its callback_url at the provider"), Problems),
    security(("operator" = [])),
)]
#[post("/admin/v1/tenants/<tenant>/connectors", data = "<body>")]
pub async fn add(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    body: Body<CreateConnector>,
) -> Result<(Status, Json<Connector>)> {
    let connector = connector::add(app, &caller.actor(), tenant::named(app, tenant).await?, body.0).await?;
    Ok((Status::Created, Json(connector)))
}

/// Replace a connector's app secret
///
/// A broken connector is held for working again.
#[utoipa::path(
    tag = "connectors",
    request_body = ReplaceAppSecret,
    responses((status = 200, body = Connector, description = "The connector"), Problems),
    security(("operator" = [])),
)]
#[put("/admin/v1/tenants/<tenant>/connectors/<connector>/app-secret", data = "<body>")]
pub async fn replace_secret(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    connector: &str,
    body: Body<ReplaceAppSecret>,
) -> Result<Json<Connector>> {
    let (tenant, connector) = (tenant::named(app, tenant).await?, params::id(connector)?);
    let secret = SecretString::from(body.0.app_secret);
    Ok(Json(connector::replace_secret(app, &caller.actor(), tenant, connector, &secret).await?))
}
