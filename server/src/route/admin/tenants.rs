//! Tenants.

use bowline_api::Page;
use bowline_api::admin::{CreateTenant, Tenant};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post};

use crate::domain::Result;
use crate::http::{Admin, Body, Personal, Shared, params};
use crate::route::problems::Problems;
use crate::service::tenant;

/// List tenants
///
/// By short name.
#[utoipa::path(
    tag = "tenants",
    responses((status = 200, body = Page<Tenant>, description = "A page of tenants"), Problems),
)]
#[get("/admin/v1/tenants?<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    caller: Personal,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<Tenant>>> {
    Ok(Json(tenant::list_within(app, &caller.operator.reach, cursor, params::limit(limit)?).await?))
}

/// Add a tenant
///
/// A short name that exists is `already_exists` (409).
#[utoipa::path(
    tag = "tenants",
    request_body = CreateTenant,
    responses((status = 201, body = Tenant, description = "The tenant"), Problems),
)]
#[post("/admin/v1/tenants", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Admin,
    body: Body<CreateTenant>,
) -> Result<(Status, Json<Tenant>)> {
    let tenant = tenant::add(app, &caller.actor(), &body.0.slug, &body.0.name).await?;
    Ok((Status::Created, Json(tenant)))
}
