//! Freezes of Dropbox accounts, which outlive the accounts in Bowline.

use bowline_api::Page;
use bowline_api::admin::{Freeze, LiftFreeze};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post};

use crate::domain::Result;
use crate::http::{Body, Lister, Revoker, Shared, params};
use crate::route::problems::Problems;
use crate::service::{freeze, tenant};

/// List freezes
///
/// The freezes of one tenant or of all tenants, including those whose accounts are revoked.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = Page<Freeze>, description = "A page of freezes"), Problems),
)]
#[get("/admin/v1/freezes?<tenant>&<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    caller: Lister,
    tenant: Option<&str>,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<Freeze>>> {
    let limit = params::limit(limit)?;
    let whose = caller.whose(app, tenant).await?;
    Ok(Json(freeze::list(app, &whose, cursor, limit).await?))
}

/// Lift a freeze
///
/// The request names the provider's account, so the call works even if all its accounts are revoked. Its suspended
/// accounts are resumed. An account that is not frozen is `not_found` (404).
#[utoipa::path(
    tag = "accounts",
    request_body = LiftFreeze,
    responses((status = 204, description = "The freeze was lifted"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/freezes/lift", data = "<body>")]
pub(super) async fn lift(
    app: &Shared,
    caller: Revoker,
    tenant: &str,
    body: Body<LiftFreeze>,
) -> Result<Status> {
    let LiftFreeze { provider_account_id, reason } = body.0;
    let tenant = tenant::named(app, tenant).await?;
    freeze::lift_from(app, &caller.actor(), tenant, &provider_account_id, &reason).await?;
    Ok(Status::NoContent)
}
