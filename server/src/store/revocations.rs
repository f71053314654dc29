//! Grants that are revoked in Bowline and not yet at the provider.

use std::time::Duration;

use bowline_api::status::{RevocationCause, RevocationStatus};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::revocations;
use super::{Stored, TenantTx, WorkerTx, interval};
use crate::domain::Result;
use crate::domain::state::revocation::before;

const DUE: &str = RevocationStatus::Due.as_str();

/// A due row.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = revocations, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct RevocationRow {
    pub id: Uuid,
    pub connector_id: Uuid,
    pub account_id: Option<Uuid>,
    pub generation: i64,
    pub cause: Stored<RevocationCause>,
    pub sealed_access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub sealed_refresh_token: Option<Vec<u8>>,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
}

/// A row to insert.
#[derive(Insertable)]
#[diesel(table_name = revocations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewRevocation {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub account_id: Option<Uuid>,
    pub generation: i64,
    pub cause: Stored<RevocationCause>,
    pub sealed_access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub sealed_refresh_token: Option<Vec<u8>>,
}

/// A claim on one revocation.
#[derive(Debug, Clone, Copy)]
pub struct RevocationClaim {
    /// The tenant.
    pub tenant: Uuid,
    /// The revocation.
    pub id: Uuid,
    /// Excludes a worker whose claim on the revocation has expired.
    pub claimed_by: Uuid,
}

impl WorkerTx {
    /// Claims up to `limit` due revocations for `length`. After that another worker may claim them.
    pub async fn claim_revocations(
        &mut self,
        worker: Uuid,
        limit: i64,
        length: Duration,
    ) -> Result<Vec<RevocationClaim>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let due: Vec<(Uuid, Uuid)> = revocations::table
            .filter(revocations::state.eq(DUE).and(revocations::next_attempt_at.le(now)))
            .order(revocations::next_attempt_at)
            .limit(limit)
            .select((revocations::tenant_id, revocations::id))
            .for_update()
            .skip_locked()
            .load(self.connection())
            .await?;
        let ids: Vec<Uuid> = due.iter().map(|(_, id)| *id).collect();
        diesel::update(revocations::table)
            .filter(revocations::id.eq_any(&ids).and(revocations::state.eq(DUE)))
            .set((
                revocations::claimed_by.eq(worker),
                revocations::attempts.eq(revocations::attempts + 1),
                revocations::next_attempt_at.eq(now + interval(length).into_sql::<Interval>()),
            ))
            .execute(self.connection())
            .await?;
        Ok(due.into_iter().map(|(tenant, id)| RevocationClaim { tenant, id, claimed_by: worker }).collect())
    }

    /// Like [`claim_revocations`](Self::claim_revocations), for a sharded database, where locks cannot span shards:
    /// finds due revocations on all shards, and then claims them one by one, unless another worker was faster.
    pub async fn claim_revocations_singly(
        &mut self,
        worker: Uuid,
        limit: i64,
        length: Duration,
    ) -> Result<Vec<RevocationClaim>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let is_due = || revocations::state.eq(DUE).and(revocations::next_attempt_at.le(now));
        let due: Vec<(Uuid, Uuid)> = revocations::table
            .filter(is_due())
            .order(revocations::next_attempt_at)
            .limit(limit)
            .select((revocations::tenant_id, revocations::id))
            .load(self.connection())
            .await?;
        let mut claims = Vec::with_capacity(due.len());
        for (tenant, id) in due {
            let claim = diesel::update(revocations::table.find((tenant, id))).filter(is_due()).set((
                revocations::claimed_by.eq(worker),
                revocations::attempts.eq(revocations::attempts + 1),
                revocations::next_attempt_at.eq(now + interval(length).into_sql::<Interval>()),
            ));
            if claim.execute(self.connection()).await? == 1 {
                claims.push(RevocationClaim { tenant, id, claimed_by: worker });
            }
        }
        Ok(claims)
    }
}

impl TenantTx {
    /// The generations of these accounts whose grant the provider has ended because the account was revoked.
    pub async fn ended_at_provider(&mut self, accounts: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
        let revocation_query = revocations::table
            .filter(revocations::tenant_id.eq(self.tenant_uuid()))
            .filter(revocations::account_id.eq_any(accounts))
            .filter(revocations::state.eq(RevocationStatus::Done.as_str()))
            .filter(revocations::cause.eq(RevocationCause::Revoked.as_str()))
            .select((revocations::account_id.assume_not_null(), revocations::generation));
        Ok(revocation_query.load(self.connection()).await?)
    }

    /// Queues a grant for revocation at the provider.
    pub async fn insert_revocation(&mut self, new: &NewRevocation) -> Result<()> {
        diesel::insert_into(revocations::table).values(new).execute(self.connection()).await?;
        Ok(())
    }

    /// The claimed revocation, if the claim is still valid.
    pub async fn claimed_revocation(&mut self, claim: RevocationClaim) -> Result<Option<RevocationRow>> {
        let revocation_query = revocations::table
            .find((self.tenant_uuid(), claim.id))
            .filter(revocations::claimed_by.eq(claim.claimed_by).and(revocations::state.eq(DUE)))
            .select(RevocationRow::as_select());
        Ok(revocation_query.first(self.connection()).await.optional()?)
    }

    /// Postpones a claimed revocation. False if the claim has expired.
    pub async fn postpone_revocation(
        &mut self,
        claim: RevocationClaim,
        delay: Duration,
        error: &str,
    ) -> Result<bool> {
        let next = diesel::dsl::now.into_sql::<Timestamptz>() + interval(delay).into_sql::<Interval>();
        let update = diesel::update(revocations::table.find((self.tenant_uuid(), claim.id)))
            .filter(revocations::claimed_by.eq(claim.claimed_by).and(revocations::state.eq(DUE)))
            .set((
                revocations::next_attempt_at.eq(next),
                revocations::claimed_by.eq(None::<Uuid>),
                revocations::last_error.eq(error),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Ends a claimed revocation in `state` and erases its tokens. False if the claim has expired.
    pub async fn end_revocation(
        &mut self,
        claim: RevocationClaim,
        state: RevocationStatus,
        error: Option<&str>,
    ) -> Result<bool> {
        let update = diesel::update(revocations::table.find((self.tenant_uuid(), claim.id)))
            .filter(
                revocations::claimed_by.eq(claim.claimed_by).and(revocations::state.eq_any(before(state))),
            )
            .set((
                revocations::state.eq(state.as_str()),
                revocations::last_error.eq(error),
                revocations::sealed_access_token.eq(None::<Vec<u8>>),
                revocations::sealed_refresh_token.eq(None::<Vec<u8>>),
                revocations::finished_at.eq(diesel::dsl::now.into_sql::<Timestamptz>().nullable()),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }
}
