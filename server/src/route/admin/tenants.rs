//! Tenants.

use bowline_api::Page;
use bowline_api::admin::{ChangeTenant, CreateTenant, Tenant};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post};

use crate::domain::Result;
use crate::http::{Admin, Body, Personal, Shared, params};
use crate::route::problems::Problems;
use crate::service::{tenant, tenant_freeze};

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
/// A short name that exists is `already_exists` (409). A tenant's sandbox is a tenant of its own, with test keys only: nothing is shared with
/// the live one, so that no key of one can ever see the other.
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
    let tenant = tenant::add(app, &caller.actor(), &body.0).await?;
    Ok((Status::Created, Json(tenant)))
}

/// Freeze a tenant
///
/// The kill switch: from the response on, every replica refuses its API keys with `tenant_frozen` (403), no token leaves, no link session is
/// created, and the pages of its users say that linking is switched off. A completion that is in progress fails, and its grant is revoked.
/// Webhooks wait until it is thawed. Nothing is lost, revocations go on, and other tenants are not affected. A tenant that is frozen already keeps its reason.
#[utoipa::path(
    tag = "tenants",
    request_body = ChangeTenant,
    responses((status = 200, body = Tenant, description = "The tenant, which is frozen"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/freeze", data = "<body>")]
pub(super) async fn freeze(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    body: Body<ChangeTenant>,
) -> Result<Json<Tenant>> {
    let id = tenant::named(app, tenant).await?;
    Ok(Json(tenant_freeze::freeze(app, &caller.actor(), id, &body.0.reason).await?))
}

/// Thaw a tenant
///
/// Its API keys work again on every replica. A tenant that is not frozen stays as it is.
#[utoipa::path(
    tag = "tenants",
    request_body = ChangeTenant,
    responses((status = 200, body = Tenant, description = "The tenant, which is not frozen"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/thaw", data = "<body>")]
pub(super) async fn thaw(
    app: &Shared,
    caller: Admin,
    tenant: &str,
    body: Body<ChangeTenant>,
) -> Result<Json<Tenant>> {
    let id = tenant::named(app, tenant).await?;
    Ok(Json(tenant_freeze::thaw(app, &caller.actor(), id, &body.0.reason).await?))
}
