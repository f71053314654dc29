//! Works jobs off, one account in each transaction, so that a job that is interrupted anywhere continues where it was.

use std::time::Duration;

use bowline_api::status::JobState;
use bowline_api::{JobId, TenantId};
use uuid::Uuid;

use crate::app::App;
use crate::domain::state::job::{Trigger, after};
use crate::domain::{Actor, Error, Event, Result, chain};
use crate::service::revocation;
use crate::store::TenantTx;
use crate::store::jobs::work::JobClaim;
use crate::store::jobs::{JobChange, JobRow};

/// How long a worker is believed to be alive after its last account.
const LEASE: Duration = Duration::from_secs(20);
/// How many accounts are read at once.
const PART: i64 = 100;
/// How long a job is kept after its end.
const KEPT: Duration = Duration::from_hours(24 * 90);
/// How many jobs are forgotten in one turn.
const FORGOTTEN: i64 = 10;

/// Works a claimed job off until nothing is left, it is stopped, or this process ends. Returns the number of accounts
/// that were tried; 0 if there is no job.
///
/// # Errors
/// Those of the database. The claim then expires, and another worker continues.
pub async fn work(app: &App, owner: Uuid) -> Result<usize> {
    let Some(claim) = app.store.worker(async |tx| tx.claim_job(owner, LEASE).await).await? else {
        return Ok(0);
    };
    let tenant = TenantId::from(claim.tenant);
    let mut tried = 1;
    while !app.is_draining() {
        let Some(items) = app.store.scoped(tenant, async |tx| part(tx, claim).await).await? else { break };
        for account in items {
            if app.is_draining() || !one(app, claim, account).await? {
                return Ok(tried);
            }
            tried += 1;
        }
    }
    Ok(tried)
}

/// The next accounts of a job. None if it is not ours any more, or if it is finished, which is then recorded.
async fn part(tx: &mut TenantTx, claim: JobClaim) -> Result<Option<Vec<Uuid>>> {
    let Some(row) = tx.claimed_job(claim).await? else { return Ok(None) };
    let items = tx.waiting_job_items(row.id, PART).await?;
    if !items.is_empty() {
        return Ok(Some(items));
    }
    if let Some(state) = after(row.state.clone().known()?, Trigger::Ended) {
        let now = tx.now().await?;
        let change =
            JobChange { state: state.into(), finished_at: Some(now), owner: None, ..JobChange::from(&row) };
        tx.change_job(row.id, &change).await?;
        let finished = Event::JobFinished { job: row.id.into(), done: row.done, failed: row.failed };
        tx.record(&Actor::System, finished).await?;
    }
    Ok(None)
}

/// Does one account. False if the job is not ours any more.
async fn one(app: &App, claim: JobClaim, account: Uuid) -> Result<bool> {
    let tenant = TenantId::from(claim.tenant);
    let act = async |tx: &mut TenantTx| {
        let Some(row) = tx.claimed_job(claim).await? else { return Ok(false) };
        revocation::revoke_for(app, tx, account.into(), &actor(&row), &row.reason, Some(&row)).await?;
        tx.end_job_item(claim, account, None, LEASE).await?;
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
                tx.end_job_item(claim, account, Some(code), LEASE).await?;
                Ok(true)
            };
            app.store.scoped(tenant, note).await
        }
    }
}

/// Who is behind a job's acts: the operator who has prepared and confirmed it.
fn actor(row: &JobRow) -> Actor {
    Actor::Operator { id: row.created_by.into(), name: row.created_by_name.clone() }
}

/// Forgets jobs that were not confirmed or approved in time, and those that ended long ago. Returns their number.
///
/// # Errors
/// The first database error, after all jobs were tried.
pub async fn sweep(app: &App) -> Result<usize> {
    let due = app.store.worker(async |tx| tx.jobs_to_forget(KEPT, FORGOTTEN).await).await?;
    let mut outcome = Ok(0);
    for (tenant, id) in &due {
        let forget = async |tx: &mut TenantTx| {
            let now = tx.now().await?;
            // An operator may have decided about it since.
            let still = tx.lock_job(*id).await?.filter(|row| match row.finished_at {
                Some(end) => end < now - KEPT,
                None => row.expires_at < now && is_undecided(row) && row.done == 0,
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

fn is_undecided(row: &JobRow) -> bool {
    row.state == JobState::Prepared || row.state == JobState::AwaitingApproval
}
