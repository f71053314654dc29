//! Operators' decisions about a job: confirm, approve, stop, retry.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::JobId;
use bowline_api::admin::JobDetail;
use bowline_api::status::JobState;

use super::{confirmation_phrase, no_job, prepare, tenant_of};
use crate::app::App;
use crate::domain::state::job::{JobTrigger, after};
use crate::domain::{Code, Error, Event, Result, text};
use crate::service::operator::session::{Identified, step_up};
use crate::service::operator::totp::TotpProof;
use crate::store::TenantTx;
use crate::store::jobs::{JobChange, JobRow};

/// How long after its confirmation a job can be retried.
const JOB_RETRIED_FOR: Duration = Duration::from_hours(24);

/// Confirms a job with its phrase and one's own password. It runs, or waits for a second person. Repeating the call
/// changes nothing.
///
/// # Errors
/// `not_found`, `invalid_field`, `invalid_state`; `totp_required`; `rate_limited` after too many wrong passwords.
pub async fn confirm(
    app: &App,
    who: &Identified,
    id: JobId,
    typed: &str,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<JobDetail> {
    step_up(app, who, proof, from).await?;
    let trigger =
        if app.settings.operators.approve_jobs { JobTrigger::Proposed } else { JobTrigger::Confirmed };
    let slug = super::show(app, id).await?.job.tenant;
    let change = async |tx: &mut TenantTx, job_row: &JobRow| {
        if job_row.confirmed_at.is_some() {
            return Ok(());
        }
        if job_row.created_by != who.id.uuid() {
            let detail = "only the operator who has prepared a job confirms it";
            return Err(Code::InvalidState.because(detail).into());
        }
        let expected = confirmation_phrase(job_row.kind.clone().known()?, job_row.total, &slug);
        if typed.trim() != expected {
            let detail = format!("type: {expected}");
            return Err(Code::InvalidField.because(detail).field("confirm").into());
        }
        let state = next_job_state(tx, job_row, trigger).await?;
        let now = tx.now().await?;
        let change = JobChange { state: state.into(), confirmed_at: Some(now), ..JobChange::from(job_row) };
        tx.change_job(job_row.id, &change).await?;
        tx.record(&who.actor(), Event::JobConfirmed { job: id, accounts: job_row.total }).await
    };
    decide_about_job(app, id, change).await
}

/// Approves a job that somebody else has confirmed.
///
/// # Errors
/// `not_found`, `invalid_field`, `invalid_state`; `totp_required`; `rate_limited` after too many wrong passwords.
pub async fn approve(
    app: &App,
    who: &Identified,
    id: JobId,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<JobDetail> {
    step_up(app, who, proof, from).await?;
    logs_in_the_same_way(app, who, id).await?;
    let change = async |tx: &mut TenantTx, job_row: &JobRow| {
        if job_row.created_by == who.id.uuid() {
            let detail = "a second person has to approve this job; you have prepared it";
            return Err(Code::InvalidState.because(detail).into());
        }
        let state = next_job_state(tx, job_row, JobTrigger::Approved).await?;
        let change = JobChange {
            state: state.into(),
            approved_by: Some(who.id.uuid()),
            approved_by_name: Some(who.name.clone()),
            ..JobChange::from(job_row)
        };
        tx.change_job(job_row.id, &change).await?;
        tx.record(&who.actor(), Event::JobApproved { job: id, accounts: job_row.total }).await
    };
    decide_about_job(app, id, change).await
}

/// Refuses an approval if the operator who has prepared the job logs in in another way. A person can have one operator with a password and
/// another one at the identity provider, and nothing here tells that the two are one.
async fn logs_in_the_same_way(app: &App, who: &Identified, id: JobId) -> Result<()> {
    let creator = super::show(app, id).await?.job.created_by;
    let creator = app.store.platform(async |tx| tx.operator_by_name(&creator).await).await?;
    if creator.is_some_and(|creator| creator.issuer.is_some() != who.signs_on) {
        let detail = "whoever approves this job has to log in as whoever has prepared it: at the identity provider, or with a password; \
                      otherwise one person could do both";
        return Err(Code::InvalidState.because(detail).into());
    }
    Ok(())
}

/// Stops a job. Accounts that are done stay done; no other is begun after this call. A job that was not running yet is
/// cancelled.
///
/// # Errors
/// `not_found`, `invalid_field`, `invalid_state`.
pub async fn stop(app: &App, who: &Identified, id: JobId, reason: &str) -> Result<JobDetail> {
    let reason = text::line("reason", reason, 3, 500)?;
    let change = async |tx: &mut TenantTx, job_row: &JobRow| {
        if job_row.state == JobState::Stopped || job_row.state == JobState::Cancelled {
            return Ok(());
        }
        let state = next_job_state(tx, job_row, JobTrigger::Stopped).await?;
        let now = tx.now().await?;
        let change = JobChange {
            state: state.into(),
            finished_at: Some(now),
            owner: None,
            ..JobChange::from(job_row)
        };
        tx.change_job(job_row.id, &change).await?;
        let stopped =
            Event::JobStopped { job: id, done: job_row.done, accounts: job_row.total, reason: &reason };
        tx.record(&who.actor(), stopped).await
    };
    decide_about_job(app, id, change).await
}

/// Lets a job that was stopped or has finished try what is left and what failed, within a day after it was confirmed. Like a new
/// job, it runs, or waits for a second person.
///
/// # Errors
/// `not_found`, `invalid_field`, `invalid_state`; `totp_required`; `rate_limited` after too many wrong passwords.
pub async fn retry(
    app: &App,
    who: &Identified,
    id: JobId,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<JobDetail> {
    step_up(app, who, proof, from).await?;
    let approved = app.settings.operators.approve_jobs;
    let trigger = if approved { JobTrigger::RetryProposed } else { JobTrigger::Retried };
    let change = async |tx: &mut TenantTx, job_row: &JobRow| {
        if job_row.created_by != who.id.uuid() {
            let detail = "only the operator who has prepared a job retries it";
            return Err(Code::InvalidState.because(detail).into());
        }
        if job_row.done == job_row.total {
            let detail = "every account of this job is done";
            return Err(Code::InvalidState.because(detail).into());
        }
        let state = next_job_state(tx, job_row, trigger).await?;
        let left = job_row.total - job_row.done;
        let now = tx.now().await?;
        if job_row.confirmed_at.is_none_or(|at| at < now - JOB_RETRIED_FOR) {
            let detail = "this job was confirmed more than a day ago; prepare a new one for what is left";
            return Err(Code::InvalidState.because(detail).into());
        }
        let change = JobChange {
            state: state.into(),
            failed: 0,
            approved_by: None,
            approved_by_name: None,
            expires_at: now + prepare::JOB_OPEN_FOR,
            finished_at: None,
            owner: None,
            held_until: now,
            ..JobChange::from(job_row)
        };
        tx.retry_job_items(job_row.id).await?;
        tx.change_job(job_row.id, &change).await?;
        tx.record(&who.actor(), Event::JobRetried { job: id, accounts: left }).await
    };
    decide_about_job(app, id, change).await
}

/// Does `change` with the locked job, and shows the job.
async fn decide_about_job(
    app: &App,
    id: JobId,
    change: impl AsyncFnOnce(&mut TenantTx, &JobRow) -> Result<()>,
) -> Result<JobDetail> {
    let tenant = tenant_of(app, id).await?;
    let locked = async |tx: &mut TenantTx| {
        let job_row = tx.lock_job(id.uuid()).await?.ok_or_else(no_job)?;
        change(tx, &job_row).await
    };
    app.store.scoped(tenant, locked).await?;
    app.job_queued.notify_one();
    super::show(app, id).await
}

/// The job's state to which `trigger` leads.
async fn next_job_state(tx: &mut TenantTx, job_row: &JobRow, trigger: JobTrigger) -> Result<JobState> {
    let old = job_row.state.clone().known()?;
    let waits = matches!(old, JobState::Prepared | JobState::AwaitingApproval);
    if waits && trigger != JobTrigger::Stopped && job_row.expires_at <= tx.now().await? {
        let detail = "this job was not confirmed and approved in time, and its accounts may have changed; prepare a new one";
        return Err(Code::InvalidState.because(detail).into());
    }
    after(old, trigger).ok_or_else(|| {
        Error::from(Code::InvalidState.because(format!("this job is {old}; the call is not for such a job")))
    })
}
