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

/// List audit events
///
/// The log of the tenant, or the service's own log if no tenant is given, newest first.
#[utoipa::path(
    tag = "audit",
    responses((status = 200, body = Page<AuditEvent>, description = "A page of events"), Problems),
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

/// Verify an audit log
///
/// Follows the signed chain of the tenant's log, or of the service's own log if no tenant is given, from the first entry
/// to the last, and compares it with the head of the chain. A broken chain is a result, not an error. Only a checkpoint
/// reveals that a log was cut together with its head (`bowline-server audit verify --since`). Each replica verifies one
/// log at a time and responds to other calls meanwhile with `rate_limited` (429).
#[utoipa::path(
    tag = "audit",
    responses((status = 200, body = AuditVerification, description = "The result"), Problems),
)]
#[get("/admin/v1/audit/verify?<tenant>")]
pub(super) async fn verify(
    app: &Shared,
    _caller: Revoker,
    tenant: Option<&str>,
) -> Result<Json<AuditVerification>> {
    Ok(Json(audit::verify::verify(app, tenant::named_in_query(app, tenant).await?).await?))
}
