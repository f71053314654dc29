//! The audit log.

use bowline_api::Page;
use bowline_api::admin::{AuditEvent, AuditVerification};
use rocket::form::FromForm;
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::auth::security::Argument;
use crate::http::{Lister, Revoker, Shared, params};
use crate::route::problems::Problems;
use crate::service::audit::{self, search};
use crate::service::tenant;

/// The query parameters of the list.
#[derive(Debug, FromForm, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditListQuery<'r> {
    /// The log of this tenant: its id or its short name. If omitted, the service's own log, or the logs of the tenants that the operator is
    /// limited to.
    tenant: Option<&'r str>,
    /// `true` for the logs of all tenants and of the service, not together with `tenant`.
    all: Option<&'r str>,
    /// Only what they did: an operator's name, `op_…`, `key_…`, or `operator`, `api_key`, `end_user`, `system` or
    /// `command_line`.
    actor: Option<&'r str>,
    /// Only this action, such as `account.revoked`, or all whose first part is this, such as `account`.
    action: Option<&'r str>,
    /// Only events about this subject: an id, such as `acct_…`.
    subject: Option<&'r str>,
    /// Only events from this time on (RFC 3339).
    since: Option<&'r str>,
    /// Only events before this time (RFC 3339).
    until: Option<&'r str>,
    /// The number of rows of the page: 1 to 200; 50 if omitted.
    limit: Option<&'r str>,
    /// `next` or `prev` of another page of the same list; the first page if omitted.
    cursor: Option<&'r str>,
}

impl Argument for AuditListQuery<'_> {}

/// List audit events
///
/// The log of the tenant, or the service's own log if no tenant is given, newest first. With `all`, `actor`, `action`,
/// `since` or `until` the order is that of time.
#[utoipa::path(
    tag = "audit",
    params(AuditListQuery<'_>),
    responses((status = 200, body = Page<AuditEvent>, description = "A page of events"), Problems),
)]
#[get("/admin/v1/audit?<query..>")]
pub(super) async fn list(
    app: &Shared,
    caller: Lister,
    query: AuditListQuery<'_>,
) -> Result<Json<Page<AuditEvent>>> {
    let limit = params::limit(query.limit)?;
    let wanted = search::AuditQuery {
        tenant: tenant::named_in_query(app, query.tenant).await?,
        within: caller.operator.reach.tenants(),
        all: params::query("all", query.all)?.unwrap_or_default(),
        actor: query.actor,
        action: query.action,
        subject: query.subject,
        since: params::time("since", query.since)?,
        until: params::time("until", query.until)?,
    };
    Ok(Json(search::list(app, wanted, query.cursor, limit).await?))
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
