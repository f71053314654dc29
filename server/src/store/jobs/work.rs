//! Working jobs off: claims, the accounts that still wait, and what is kept no longer.

use std::time::Duration;

use bowline_api::status::{JobItemState, JobState};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::JobRow;
use crate::domain::Result;
use crate::store::schema::{job_items, jobs};
use crate::store::{TenantTx, WorkerTx, interval};

/// A claim on a job.
#[derive(Debug, Clone, Copy)]
pub struct JobClaim {
    /// The tenant.
    pub tenant: Uuid,
    /// The job.
    pub id: Uuid,
    /// Excludes a worker whose claim has expired.
    pub owner: Uuid,
}

impl WorkerTx {
    /// Claims a running job that nobody works off, for `length`.
    pub async fn claim_job(&mut self, owner: Uuid, length: Duration) -> Result<Option<JobClaim>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let free = || jobs::state.eq(JobState::Running.as_str()).and(jobs::held_until.le(now));
        let found: Vec<(Uuid, Uuid)> = jobs::table
            .filter(free())
            .order(jobs::held_until)
            .limit(10)
            .select((jobs::tenant_id, jobs::id))
            .load(self.connection())
            .await?;
        for (tenant, id) in found {
            let claim = diesel::update(jobs::table.find((tenant, id))).filter(free()).set((
                jobs::owner.eq(owner),
                jobs::held_until.eq(now + interval(length).into_sql::<Interval>()),
            ));
            if claim.execute(self.connection()).await? == 1 {
                return Ok(Some(JobClaim { tenant, id, owner }));
            }
        }
        Ok(None)
    }

    /// Up to `limit` jobs that were not confirmed or approved in time, or that ended `kept` ago.
    pub async fn jobs_to_forget(&mut self, kept: Duration, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let undecided = [JobState::Prepared.as_str(), JobState::AwaitingApproval.as_str()];
        let job_work_query = jobs::table
            .filter(
                (jobs::state.eq_any(undecided).and(jobs::expires_at.lt(now)).and(jobs::done.eq(0))).or(
                    jobs::finished_at
                        .assume_not_null()
                        .lt(now - interval(kept).into_sql::<Interval>())
                        .and(jobs::finished_at.is_not_null()),
                ),
            )
            .limit(limit)
            .select((jobs::tenant_id, jobs::id));
        Ok(job_work_query.load(self.connection()).await?)
    }
}

impl TenantTx {
    /// The job of a claim, locked, if the claim is still valid and the job still runs.
    pub async fn claimed_job(&mut self, claim: JobClaim) -> Result<Option<JobRow>> {
        let row = self.lock_job(claim.id).await?;
        Ok(row.filter(|row| row.state == JobState::Running && row.owner == Some(claim.owner)))
    }

    /// Up to `limit` accounts of a job that still wait.
    pub async fn waiting_job_items(&mut self, job: Uuid, limit: i64) -> Result<Vec<Uuid>> {
        let job_work_query = job_items::table
            .filter(job_items::tenant_id.eq(self.tenant_uuid()).and(job_items::job_id.eq(job)))
            .filter(job_items::state.eq(JobItemState::Waiting.as_str()))
            .order(job_items::account_id)
            .limit(limit)
            .select(job_items::account_id);
        Ok(job_work_query.load(self.connection()).await?)
    }

    /// Records how an account of a claimed job ended, and extends the claim by `length`.
    pub async fn end_job_item(
        &mut self,
        claim: JobClaim,
        account: Uuid,
        error: Option<&str>,
        length: Duration,
    ) -> Result<()> {
        let state = if error.is_none() { JobItemState::Done } else { JobItemState::Failed };
        let item = job_items::table
            .find((self.tenant_uuid(), claim.id, account))
            .filter(job_items::state.eq(JobItemState::Waiting.as_str()));
        let ended =
            diesel::update(item).set((job_items::state.eq(state.as_str()), job_items::error.eq(error)));
        let counted = i64::from(ended.execute(self.connection()).await? == 1);
        let (done, failed) = if error.is_none() { (counted, 0) } else { (0, counted) };
        let until = self.now().await? + length;
        diesel::update(jobs::table.find((self.tenant_uuid(), claim.id)))
            .set((
                jobs::done.eq(jobs::done + done),
                jobs::failed.eq(jobs::failed + failed),
                jobs::held_until.eq(until),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes a job with its accounts.
    pub async fn delete_job(&mut self, id: Uuid) -> Result<()> {
        diesel::delete(job_items::table)
            .filter(job_items::tenant_id.eq(self.tenant_uuid()).and(job_items::job_id.eq(id)))
            .execute(self.connection())
            .await?;
        diesel::delete(jobs::table.find((self.tenant_uuid(), id))).execute(self.connection()).await?;
        Ok(())
    }
}
