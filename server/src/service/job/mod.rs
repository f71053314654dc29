//! Jobs: one act on many accounts of a tenant. They are prepared, which freezes their accounts, confirmed by their
//! operator, perhaps approved by a second one, and then worked off by any replica.

pub mod decide;
pub mod prepare;
pub mod work;

use bowline_api::admin::{Job, JobDetail, JobFilter, JobItem};
use bowline_api::status::{JobItemState, JobKind, JobState};
use bowline_api::{AccountId, AnyOf, JobId, Page, TenantId};
use uuid::Uuid;

use super::account::detail::summaries;
use super::cursor::{self, Cursor, List};
use crate::app::App;
use crate::domain::{Code, Error, Result, Whose};
use crate::store::OperatorTx;
use crate::store::jobs::JobRow;

/// The number of accounts that a job's details show.
const SAMPLE_ACCOUNTS: i64 = 10;

/// A page of the jobs of one tenant or of all, newest first.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, whose: &Whose, cursor: Option<&str>, limit: i64) -> Result<Page<Job>> {
    let list = List::new(app.vault.ring(), "jobs", whose)?;
    let asked: Option<Cursor<Uuid>> = list.read(cursor)?;
    let from = asked.as_ref().map(|cursor| cursor.key);
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let read = async |tx: &mut OperatorTx| {
        let rows = tx.jobs(whose, from, backwards, limit + 1).await?;
        let mut tenants: Vec<Uuid> = rows.iter().map(|job_row| job_row.tenant_id).collect();
        tenants.sort_unstable();
        tenants.dedup();
        Ok((rows, tx.tenant_slugs(&tenants).await?))
    };
    let (rows, slugs) = app.store.operator(read).await?;
    let page = list.page(asked.as_ref(), rows, limit, |job_row| job_row.id)?;
    let slug = |tenant: Uuid| slugs.iter().find(|(id, _)| *id == tenant).map(|(_, slug)| slug.clone());
    cursor::try_map(
        page,
        |job_row| JobId::from(job_row.id),
        |job_row| {
            let slug = slug(job_row.tenant_id).unwrap_or_default();
            to_wire(job_row, slug)
        },
    )
}

/// A job with some of its accounts and what is still to be done at the provider.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, id: JobId) -> Result<JobDetail> {
    let read = async |tx: &mut OperatorTx| {
        let job_row = tx.job(id.uuid()).await?.ok_or_else(no_job)?;
        let rows = tx.job_sample(&job_row, SAMPLE_ACCOUNTS).await?;
        let sample = summaries(tx, rows).await?;
        let pending = tx.job_pending_at_provider(&job_row).await?;
        let slug =
            tx.tenant_slugs(&[job_row.tenant_id]).await?.pop().map(|(_, slug)| slug).unwrap_or_default();
        Ok(JobDetail { job: to_wire(job_row, slug)?, sample, pending_at_provider: pending.unsigned_abs() })
    };
    app.store.operator(read).await
}

/// A page of a job's accounts, by their ids.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn items(
    app: &App,
    id: JobId,
    state: Option<&AnyOf<JobItemState>>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<JobItem>> {
    let list = List::new(app.vault.ring(), "job items", &(id, state))?;
    let asked: Option<Cursor<Uuid>> = list.read(cursor)?;
    let from = asked.as_ref().map(|cursor| cursor.key);
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let read = async |tx: &mut OperatorTx| {
        let job_row = tx.job(id.uuid()).await?.ok_or_else(no_job)?;
        tx.job_items(&job_row, state, from, backwards, limit + 1).await
    };
    let rows = app.store.operator(read).await?;
    let page = list.page(asked.as_ref(), rows, limit, |(account, _, _)| *account)?;
    cursor::try_map(
        page,
        |(account, _, _)| AccountId::from(*account),
        |(account, state, error)| {
            Ok(JobItem { account_id: account.into(), state: state.known()?.into(), error })
        },
    )
}

/// The tenant of a job.
///
/// # Errors
/// `not_found`.
pub async fn tenant_of(app: &App, id: JobId) -> Result<TenantId> {
    let job_row = app.store.operator(async |tx| tx.job(id.uuid()).await).await?;
    Ok(job_row.ok_or_else(no_job)?.tenant_id.into())
}

/// What has to be typed to confirm a job.
fn confirmation_phrase(kind: JobKind, total: i64, slug: &str) -> String {
    let what = match kind {
        JobKind::RevokeAccounts => "revoke",
    };
    let accounts = if total == 1 { "account" } else { "accounts" };
    format!("{what} {total} {accounts} of {slug}")
}

pub(super) fn to_wire(job_row: JobRow, slug: String) -> Result<Job> {
    let (kind, state) = (job_row.kind.known()?, job_row.state.known()?);
    Ok(Job {
        id: job_row.id.into(),
        kind: kind.into(),
        state: state.into(),
        tenant_id: job_row.tenant_id.into(),
        reason: job_row.reason,
        // Only filters of this form are stored. An edit of the database must not keep a job from being shown.
        filter: job_row.filter.and_then(|filter| serde_json::from_value::<JobFilter>(filter).ok()),
        total: job_row.total.unsigned_abs(),
        done: job_row.done.unsigned_abs(),
        failed: job_row.failed.unsigned_abs(),
        confirm: (state == JobState::Prepared).then(|| confirmation_phrase(kind, job_row.total, &slug)),
        tenant: slug,
        created_at: job_row.created_at,
        created_by: job_row.created_by_name,
        expires_at: job_row.expires_at,
        confirmed_at: job_row.confirmed_at,
        approved_by: job_row.approved_by_name,
        finished_at: job_row.finished_at,
    })
}

fn no_job() -> Error {
    Code::NotFound.because("there is no such job").into()
}
