//! Jobs: one act on many accounts.

use bowline_api::admin::{ConfirmJob, CreateJob, Job, JobDetail, JobItem, ProvePassword, StopJob};
use bowline_api::status::JobItemState;
use bowline_api::{AnyOf, Page};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post};

use crate::domain::Result;
use crate::http::{Body, ClientAddress, IdempotencyKey, Lister, Preparer, Revoker, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::job::{self, decide, prepare};
use crate::service::operator::totp::TotpProof;

/// List jobs
///
/// The jobs of a tenant, or of all tenants, newest first.
#[utoipa::path(
    tag = "jobs",
    responses((status = 200, body = Page<Job>, description = "A page of jobs"), Problems),
)]
#[get("/admin/v1/jobs?<tenant>&<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    caller: Lister,
    tenant: Option<&str>,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<Job>>> {
    let limit = params::limit(limit)?;
    let whose = caller.whose(app, tenant).await?;
    Ok(Json(job::list(app, &whose, cursor, limit).await?))
}

/// Prepare a job
///
/// A dry run: finds the accounts, at most 100,000 of one tenant, and freezes which ones they are. Nothing is done to them
/// until the job is confirmed, which is possible for an hour. Accounts that are revoked already are left out.
#[utoipa::path(
    tag = "jobs",
    request_body = CreateJob,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = JobDetail, description = "The job, with its number of accounts and some of them"), Problems),
)]
#[post("/admin/v1/jobs", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Preparer,
    key: IdempotencyKey,
    body: Body<CreateJob>,
) -> Result<(Status, Json<JobDetail>)> {
    let made = prepare::prepare(app, &caller.operator, body.0, key.as_deref()).await?;
    Ok((Status::Created, Json(made)))
}

/// Inspect a job
///
/// Its progress, some of its accounts, and how many of them still have to be revoked at the provider.
#[utoipa::path(
    tag = "jobs",
    responses((status = 200, body = JobDetail, description = "The job"), Problems),
)]
#[get("/admin/v1/jobs/<job>")]
pub(super) async fn show(app: &Shared, _caller: Viewer, job: &str) -> Result<Json<JobDetail>> {
    Ok(Json(job::show(app, params::id(job)?).await?))
}

/// List the accounts of a job
///
/// In the order of their ids. With `state`, only those that are `waiting`, `done` or `failed`; `failed,waiting` has both.
#[utoipa::path(
    tag = "jobs",
    responses((status = 200, body = Page<JobItem>, description = "A page of accounts"), Problems),
)]
#[get("/admin/v1/jobs/<job>/items?<state>&<limit>&<cursor>")]
pub(super) async fn items(
    app: &Shared,
    _caller: Viewer,
    job: &str,
    state: Option<&str>,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<JobItem>>> {
    let limit = params::limit(limit)?;
    let state = params::query::<AnyOf<JobItemState>>("state", state)?;
    Ok(Json(job::items(app, params::id(job)?, state.as_ref(), cursor, limit).await?))
}

/// Confirm a job
///
/// By the operator who has prepared it, with the job's phrase and their own password. The job runs, or if
/// `bowline.operators.approve_jobs` is set, waits for the approval of a second person. Repeating the call changes nothing.
/// A wrong password counts as a failed login.
#[utoipa::path(
    tag = "jobs",
    request_body = ConfirmJob,
    responses((status = 200, body = JobDetail, description = "The job"), Problems),
)]
#[post("/admin/v1/jobs/<job>/confirm", data = "<body>")]
pub(super) async fn confirm(
    app: &Shared,
    caller: Revoker,
    from: ClientAddress,
    job: &str,
    body: Body<ConfirmJob>,
) -> Result<Json<JobDetail>> {
    let ConfirmJob { confirm, password, code } = body.0;
    let (id, proof) = (params::id(job)?, TotpProof::new(password, code));
    Ok(Json(decide::confirm(app, &caller.operator, id, &confirm, &proof, from.ip()).await?))
}

/// Approve a job
///
/// By another operator than the one who has prepared it, with their own password. The job runs. A job that is retried needs a new
/// approval.
#[utoipa::path(
    tag = "jobs",
    request_body = ProvePassword,
    responses((status = 200, body = JobDetail, description = "The job"), Problems),
)]
#[post("/admin/v1/jobs/<job>/approve", data = "<body>")]
pub(super) async fn approve(
    app: &Shared,
    caller: Revoker,
    from: ClientAddress,
    job: &str,
    body: Body<ProvePassword>,
) -> Result<Json<JobDetail>> {
    let (id, proof) = (params::id(job)?, TotpProof::new(body.0.password, body.0.code));
    Ok(Json(decide::approve(app, &caller.operator, id, &proof, from.ip()).await?))
}

/// Stop a job
///
/// Once this call has returned, no other account is begun. Accounts that are done stay done. A job that was not running
/// yet is cancelled. Repeating the call changes nothing.
#[utoipa::path(
    tag = "jobs",
    request_body = StopJob,
    responses((status = 200, body = JobDetail, description = "The job"), Problems),
)]
#[post("/admin/v1/jobs/<job>/stop", data = "<body>")]
pub(super) async fn stop(
    app: &Shared,
    caller: Revoker,
    job: &str,
    body: Body<StopJob>,
) -> Result<Json<JobDetail>> {
    Ok(Json(decide::stop(app, &caller.operator, params::id(job)?, &body.0.reason).await?))
}

/// Retry a job
///
/// For a job that was stopped or has finished, by the operator who has prepared it, with their own password, within a day of its
/// confirmation: tries the accounts that are left and those that failed, and no others. If `bowline.operators.approve_jobs` is set, the
/// job waits for a second person's approval again. A wrong password counts as a failed login.
#[utoipa::path(
    tag = "jobs",
    request_body = ProvePassword,
    responses((status = 200, body = JobDetail, description = "The job"), Problems),
)]
#[post("/admin/v1/jobs/<job>/retry", data = "<body>")]
pub(super) async fn retry(
    app: &Shared,
    caller: Revoker,
    from: ClientAddress,
    job: &str,
    body: Body<ProvePassword>,
) -> Result<Json<JobDetail>> {
    let (id, proof) = (params::id(job)?, TotpProof::new(body.0.password, body.0.code));
    Ok(Json(decide::retry(app, &caller.operator, id, &proof, from.ip()).await?))
}
