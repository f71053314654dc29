//! Works jobs off, one account in each transaction, so that a job that is interrupted anywhere continues where it was.

use std::time::Duration;

use bowline_api::status::JobState;
use bowline_api::{JobId, TenantId};
use uuid::Uuid;

use crate::app::App;
use crate::domain::state::job::{JobTrigger, after};
use crate::domain::{Actor, Error, Event, Result, chain};
use crate::service::revocation;
use crate::store::TenantTx;
use crate::store::jobs::work::JobClaim;
use crate::store::jobs::{JobChange, JobRow};

/// How long a worker is believed to be alive after its last account.
const JOB_LEASE: Duration = Duration::from_secs(20);
/// How many accounts are read at once.
const JOB_ITEMS_PART: i64 = 100;
/// How long a job is kept after its end.
const ENDED_JOBS_KEPT: Duration = Duration::from_hours(24 * 90);
/// How many jobs are forgotten in one turn.
const JOBS_FORGOTTEN_AT_ONCE: i64 = 10;

/// Works a claimed job off until nothing is left, it is stopped, or this process ends. Returns the number of accounts
/// that were tried; 0 if there is no job.
///
/// # Errors
/// Those of the database. The claim then expires, and another worker continues.
pub async fn work(app: &App, owner: Uuid) -> Result<usize> {
    let Some(claim) = app.store.worker(async |tx| tx.claim_job(owner, JOB_LEASE).await).await? else {
        return Ok(0);
    };
    let tenant = TenantId::from(claim.tenant);
    let mut tried = 1;
    while !app.is_draining() {
        let Some(items) = app.store.scoped(tenant, async |tx| next_job_accounts(tx, claim).await).await?
        else {
            break;
        };
        for account in items {
            if app.is_draining() || !work_off_account(app, claim, account).await? {
                return Ok(tried);
            }
            tried += 1;
        }
    }
    Ok(tried)
}

/// The next accounts of a job. None if it is not ours any more, or if it is finished, which is then recorded.
async fn next_job_accounts(tx: &mut TenantTx, claim: JobClaim) -> Result<Option<Vec<Uuid>>> {
    let Some(job_row) = tx.claimed_job(claim).await? else { return Ok(None) };
    let items = tx.waiting_job_items(job_row.id, JOB_ITEMS_PART).await?;
    if !items.is_empty() {
        return Ok(Some(items));
    }
    if let Some(state) = after(job_row.state.clone().known()?, JobTrigger::Ended) {
        let now = tx.now().await?;
        let change = JobChange {
            state: state.into(),
            finished_at: Some(now),
            owner: None,
            ..JobChange::from(&job_row)
        };
        tx.change_job(job_row.id, &change).await?;
        let finished =
            Event::JobFinished { job: job_row.id.into(), done: job_row.done, failed: job_row.failed };
        tx.record(&Actor::System, finished).await?;
    }
    Ok(None)
}

/// Does one account. False if the job is not ours any more.
async fn work_off_account(app: &App, claim: JobClaim, account: Uuid) -> Result<bool> {
    let tenant = TenantId::from(claim.tenant);
    let act = async |tx: &mut TenantTx| {
        let Some(job_row) = tx.claimed_job(claim).await? else { return Ok(false) };
        revocation::revoke_for(
            app,
            tx,
            account.into(),
            &actor_of_job(&job_row),
            &job_row.reason,
            Some(&job_row),
        )
        .await?;
        tx.end_job_item(claim, account, None, JOB_LEASE).await?;
        Ok(true)
    };
    match app.store.scoped(tenant, act).await {
        Ok(is_ours) => {
            app.revocation_queued.notify_one();
            Ok(is_ours)
        }
        Err(error @ (Error::Unavailable(_) | Error::Unconfirmed(_))) => Err(error),
        Err(error) => {
            tracing::warn!(job = %JobId::from(claim.id), error = %chain(&error), "an account of a job failed");
            let code = error.code().as_str();
            let note = async |tx: &mut TenantTx| {
                let Some(_) = tx.claimed_job(claim).await? else { return Ok(false) };
                tx.end_job_item(claim, account, Some(code), JOB_LEASE).await?;
                Ok(true)
            };
            app.store.scoped(tenant, note).await
        }
    }
}

/// Who is behind a job's acts: the operator who has prepared and confirmed it.
fn actor_of_job(job_row: &JobRow) -> Actor {
    Actor::Operator { id: job_row.created_by.into(), name: job_row.created_by_name.clone() }
}

/// Forgets jobs that were not confirmed or approved in time, and those that ended long ago. Returns their number.
///
/// # Errors
/// The first database error, after all jobs were tried.
pub async fn sweep(app: &App) -> Result<usize> {
    let due =
        app.store.worker(async |tx| tx.jobs_to_forget(ENDED_JOBS_KEPT, JOBS_FORGOTTEN_AT_ONCE).await).await?;
    let mut outcome = Ok(0);
    for (tenant, id) in &due {
        let forget = async |tx: &mut TenantTx| {
            let now = tx.now().await?;
            // An operator may have decided about it since.
            let still = tx.lock_job(*id).await?.filter(|job_row| match job_row.finished_at {
                Some(end) => end < now - ENDED_JOBS_KEPT,
                None => job_row.expires_at < now && is_undecided(job_row) && job_row.done == 0,
            });
            if still.is_some() { tx.delete_job(*id).await } else { Ok(()) }
        };
        let forgotten = app.store.scoped((*tenant).into(), forget).await;
        outcome = match (outcome, forgotten) {
            (Ok(all), Ok(())) => Ok(all + 1),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
    }
    outcome
}

fn is_undecided(job_row: &JobRow) -> bool {
    job_row.state == JobState::Prepared || job_row.state == JobState::AwaitingApproval
}
