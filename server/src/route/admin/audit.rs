//! The audit log.

use bowline_api::Page;
use bowline_api::admin::{AuditEvent, AuditVerification};
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Revoker, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::audit;
use crate::service::tenant;

/// Read a log
///
/// The log of the tenant, or of the service if no tenant is given, newest first.
#[utoipa::path(
    tag = "audit",
    responses((status = 200, body = Page<AuditEvent>, description = "A page"), Problems),
)]
#[get("/admin/v1/audit?<tenant>&<subject>&<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    _caller: Viewer,
    tenant: Option<&str>,
    subject: Option<&str>,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<AuditEvent>>> {
    let limit = params::limit(limit)?;
    let tenant = tenant::named_in_query(app, tenant).await?;
    Ok(Json(audit::log::list(app, tenant, subject, cursor, limit).await?))
}

/// Check a log
///
/// Follows the signed chain of the tenant's log, or of the service's log if no tenant is given, from the first entry to the last, and
/// compares it with the head of the chain. Only a checkpoint shows that a log was cut together with its head
/// (`bowline-server audit verify --since`). Each replica checks one log at a time and refuses other checks meanwhile with 429.
#[utoipa::path(
    tag = "audit",
    responses((status = 200, body = AuditVerification, description = "What was found"), Problems),
)]
#[get("/admin/v1/audit/verify?<tenant>")]
pub(super) async fn verify(
    app: &Shared,
    _caller: Revoker,
    tenant: Option<&str>,
) -> Result<Json<AuditVerification>> {
    Ok(Json(audit::verify::verify(app, tenant::named_in_query(app, tenant).await?).await?))
}
