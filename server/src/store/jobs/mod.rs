//! Jobs: one act on many accounts of a tenant, with the accounts that were frozen when it was prepared.

pub mod work;

use bowline_api::AnyOf;
use bowline_api::status::{JobItemState, JobKind, JobState};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::schema::{accounts, job_items, jobs};
use super::{OperatorTx, Stored, TenantTx};
use crate::domain::{Result, Whose};
use crate::store::accounts::seen::SeenAccount;
use crate::store::whose::of_tenants;

/// The number of accounts that one statement adds: it has four parameters for each.
const JOB_ITEMS_ADDED_AT_ONCE: usize = 5_000;

/// A job without the digests of its request.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct JobRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: Stored<JobKind>,
    pub state: Stored<JobState>,
    pub reason: String,
    pub filter: Option<Value>,
    pub total: i64,
    pub done: i64,
    pub failed: i64,
    pub created_at: DateTime<Utc>,
    pub created_by: Uuid,
    pub created_by_name: String,
    pub expires_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub approved_by: Option<Uuid>,
    pub approved_by_name: Option<String>,
    pub finished_at: Option<DateTime<Utc>>,
    pub owner: Option<Uuid>,
    pub held_until: DateTime<Utc>,
}

/// What a transition of a job changes.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns")]
pub struct JobChange {
    pub state: Stored<JobState>,
    pub failed: i64,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub approved_by: Option<Uuid>,
    pub approved_by_name: Option<String>,
    pub expires_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub owner: Option<Uuid>,
    pub held_until: DateTime<Utc>,
}

impl From<&JobRow> for JobChange {
    fn from(job_row: &JobRow) -> Self {
        Self {
            state: job_row.state.clone(),
            failed: job_row.failed,
            confirmed_at: job_row.confirmed_at,
            approved_by: job_row.approved_by,
            approved_by_name: job_row.approved_by_name.clone(),
            expires_at: job_row.expires_at,
            finished_at: job_row.finished_at,
            owner: job_row.owner,
            held_until: job_row.held_until,
        }
    }
}

/// The digests of an Idempotency-Key and of the request that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Of the key.
    pub key: Vec<u8>,
    /// Of the request.
    pub request: Vec<u8>,
}

impl TenantTx {
    /// Adds a job with its accounts. False if its operator has sent its request key before; nothing is added then.
    pub async fn insert_job(
        &mut self,
        job_row: &JobRow,
        request: Option<&RequestKey>,
        items: &[Uuid],
    ) -> Result<bool> {
        let digests = (
            jobs::request_key.eq(request.map(|request| request.key.as_slice())),
            jobs::request_hash.eq(request.map(|request| request.request.as_slice())),
        );
        let insert = diesel::insert_into(jobs::table).values((job_row, digests)).on_conflict_do_nothing();
        if insert.execute(self.connection()).await? == 0 {
            return Ok(false);
        }
        for part in items.chunks(JOB_ITEMS_ADDED_AT_ONCE) {
            let values: Vec<_> = part
                .iter()
                .map(|account| {
                    (
                        job_items::tenant_id.eq(job_row.tenant_id),
                        job_items::job_id.eq(job_row.id),
                        job_items::account_id.eq(*account),
                    )
                })
                .collect();
            diesel::insert_into(job_items::table).values(values).execute(self.connection()).await?;
        }
        Ok(true)
    }

    /// The job that this operator's request key belongs to, with the digest of its request.
    pub async fn job_of_request(&mut self, operator: Uuid, key: &[u8]) -> Result<Option<(Uuid, Vec<u8>)>> {
        let job_query = jobs::table
            .filter(jobs::tenant_id.eq(self.tenant_uuid()).and(jobs::created_by.eq(operator)))
            .filter(jobs::request_key.eq(key))
            .select((jobs::id, jobs::request_hash.assume_not_null()));
        Ok(job_query.first(self.connection()).await.optional()?)
    }

    /// A job, locked until this transaction ends.
    pub async fn lock_job(&mut self, id: Uuid) -> Result<Option<JobRow>> {
        let job_query =
            jobs::table.find((self.tenant_uuid(), id)).select(JobRow::as_select()).for_no_key_update();
        Ok(job_query.first(self.connection()).await.optional()?)
    }

    /// Changes a locked job.
    pub async fn change_job(&mut self, id: Uuid, change: &JobChange) -> Result<()> {
        let update = diesel::update(jobs::table.find((self.tenant_uuid(), id))).set(change);
        update.execute(self.connection()).await?;
        Ok(())
    }

    /// Lets the failed accounts of a job wait again.
    pub async fn retry_job_items(&mut self, job: Uuid) -> Result<()> {
        diesel::update(job_items::table)
            .filter(job_items::tenant_id.eq(self.tenant_uuid()).and(job_items::job_id.eq(job)))
            .filter(job_items::state.eq(JobItemState::Failed.as_str()))
            .set((job_items::state.eq(JobItemState::Waiting.as_str()), job_items::error.eq(None::<String>)))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl OperatorTx {
    /// A job of any tenant.
    pub async fn job(&mut self, id: Uuid) -> Result<Option<JobRow>> {
        let job_query = jobs::table.filter(jobs::id.eq(id)).select(JobRow::as_select());
        Ok(job_query.first(self.connection()).await.optional()?)
    }

    /// Up to `limit` jobs of one tenant or of all, older than `from`, newest first; with `backwards` the newer ones,
    /// oldest first.
    pub async fn jobs(
        &mut self,
        whose: &Whose,
        from: Option<Uuid>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<JobRow>> {
        let mut job_query =
            jobs::table.select(JobRow::as_select()).limit(limit).into_boxed::<diesel::pg::Pg>();
        job_query = of_tenants!(job_query, jobs::tenant_id, whose);
        job_query = match (from, backwards) {
            (Some(from), true) => job_query.filter(jobs::id.gt(from)),
            (Some(from), false) => job_query.filter(jobs::id.lt(from)),
            (None, _) => job_query,
        };
        job_query =
            if backwards { job_query.order(jobs::id.asc()) } else { job_query.order(jobs::id.desc()) };
        Ok(job_query.load(self.connection()).await?)
    }

    /// Up to `limit` accounts of a job in the order of their ids, after `from` or with `backwards` before it, each with
    /// its state and error.
    pub async fn job_items(
        &mut self,
        job: &JobRow,
        state: Option<&AnyOf<JobItemState>>,
        from: Option<Uuid>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<(Uuid, Stored<JobItemState>, Option<String>)>> {
        let mut job_query = job_items::table
            .filter(job_items::tenant_id.eq(job.tenant_id).and(job_items::job_id.eq(job.id)))
            .select((job_items::account_id, job_items::state, job_items::error))
            .limit(limit)
            .into_boxed();
        if let Some(any) = state {
            let names: Vec<&str> = any.values().iter().map(|state| state.as_str()).collect();
            job_query = job_query.filter(job_items::state.eq_any(names));
        }
        job_query = match (from, backwards) {
            (Some(from), true) => job_query.filter(job_items::account_id.lt(from)),
            (Some(from), false) => job_query.filter(job_items::account_id.gt(from)),
            (None, _) => job_query,
        };
        job_query = if backwards {
            job_query.order(job_items::account_id.desc())
        } else {
            job_query.order(job_items::account_id.asc())
        };
        Ok(job_query.load(self.connection()).await?)
    }

    /// The first accounts of a job, as operators see them.
    pub async fn job_sample(&mut self, job: &JobRow, limit: i64) -> Result<Vec<SeenAccount>> {
        let first = job_items::table
            .filter(job_items::tenant_id.eq(job.tenant_id).and(job_items::job_id.eq(job.id)))
            .order(job_items::account_id.asc())
            .limit(limit)
            .select(job_items::account_id);
        let ids: Vec<Uuid> = first.load(self.connection()).await?;
        let job_query = accounts::table
            .filter(accounts::tenant_id.eq(job.tenant_id).and(accounts::id.eq_any(ids)))
            .order(accounts::id.asc())
            .select(SeenAccount::as_select());
        Ok(job_query.load(self.connection()).await?)
    }

    /// Which of these accounts belong to the tenant and are not revoked.
    pub async fn living_of(&mut self, tenant: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        use bowline_api::status::AccountStatus::{Revoked, Revoking};
        let job_query = accounts::table
            .filter(accounts::tenant_id.eq(tenant).and(accounts::id.eq_any(ids)))
            .filter(accounts::status.ne_all([Revoking.as_str(), Revoked.as_str()]))
            .order(accounts::id.asc())
            .select(accounts::id);
        Ok(job_query.load(self.connection()).await?)
    }

    /// The accounts of a job that are done here and not yet at the provider.
    pub async fn job_pending_at_provider(&mut self, job: &JobRow) -> Result<i64> {
        let revoking = accounts::table
            .filter(accounts::tenant_id.eq(job.tenant_id))
            .filter(accounts::status.eq(bowline_api::status::AccountStatus::Revoking.as_str()))
            .select(accounts::id);
        let job_query = job_items::table
            .filter(job_items::tenant_id.eq(job.tenant_id).and(job_items::job_id.eq(job.id)))
            .filter(job_items::state.eq(JobItemState::Done.as_str()))
            .filter(job_items::account_id.eq_any(revoking));
        Ok(job_query.count().get_result(self.connection()).await?)
    }
}
