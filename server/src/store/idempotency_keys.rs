//! Calls that tenants' apps have sent with a key of their own, with the sealed answers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::idempotency_keys;
use super::{TenantTx, WorkerTx};
use crate::domain::Result;

/// The hashes of a key with its route, and of the request that was sent with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallHashes {
    /// Of the key and the route.
    pub key: [u8; 32],
    /// Of the request.
    pub request: [u8; 32],
}

/// A kept call, without its tenant.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct KeptCallRow {
    pub key_hash: Vec<u8>,
    pub request_hash: Vec<u8>,
    pub held_until: DateTime<Utc>,
    pub sealed_answer: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
}

impl TenantTx {
    /// The call with one of these hashes of a key, locked until this transaction ends.
    pub async fn lock_kept_call(&mut self, keys: &[&[u8]]) -> Result<Option<KeptCallRow>> {
        let call_query = idempotency_keys::table
            .filter(idempotency_keys::tenant_id.eq(self.tenant_uuid()))
            .filter(idempotency_keys::key_hash.eq_any(keys.to_vec()))
            .select(KeptCallRow::as_select())
            .for_update();
        Ok(call_query.first(self.connection()).await.optional()?)
    }

    /// Claims a call that is not kept yet. False if somebody else has claimed it at the same moment.
    pub async fn claim_call(
        &mut self,
        call: &CallHashes,
        owner: Uuid,
        hold: Duration,
        keep: Duration,
    ) -> Result<bool> {
        let now = self.now().await?;
        let values = (
            idempotency_keys::tenant_id.eq(self.tenant_uuid()),
            idempotency_keys::key_hash.eq(call.key.as_slice()),
            idempotency_keys::request_hash.eq(call.request.as_slice()),
            idempotency_keys::owner.eq(owner),
            idempotency_keys::held_until.eq(now + hold),
            idempotency_keys::expires_at.eq(now + keep),
        );
        let insert = diesel::insert_into(idempotency_keys::table).values(values).on_conflict_do_nothing();
        Ok(insert.execute(self.connection()).await? == 1)
    }

    /// Claims a locked call again, whose former owner has died or whose time is over.
    pub async fn reclaim_call(
        &mut self,
        key: &[u8],
        request: &[u8],
        owner: Uuid,
        hold: Duration,
        keep: Duration,
    ) -> Result<()> {
        let now = self.now().await?;
        diesel::update(idempotency_keys::table.find((self.tenant_uuid(), key)))
            .set((
                idempotency_keys::request_hash.eq(request),
                idempotency_keys::owner.eq(owner),
                idempotency_keys::held_until.eq(now + hold),
                idempotency_keys::sealed_answer.eq(None::<Vec<u8>>),
                idempotency_keys::expires_at.eq(now + keep),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps the answer of a call. False if `owner` does not carry it out any more.
    pub async fn keep_answer(&mut self, key: &[u8], owner: Uuid, sealed_answer: &[u8]) -> Result<bool> {
        let update = diesel::update(idempotency_keys::table.find((self.tenant_uuid(), key)))
            .filter(idempotency_keys::owner.eq(owner).and(idempotency_keys::sealed_answer.is_null()))
            .set(idempotency_keys::sealed_answer.eq(sealed_answer));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Forgets a call that has failed, unless its answer is kept after all.
    pub async fn forget_call(&mut self, key: &[u8], owner: Uuid) -> Result<()> {
        diesel::delete(idempotency_keys::table.find((self.tenant_uuid(), key)))
            .filter(idempotency_keys::owner.eq(owner).and(idempotency_keys::sealed_answer.is_null()))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes the calls of the tenant that are kept no longer, and returns their number.
    pub async fn delete_old_calls(&mut self) -> Result<usize> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let old = idempotency_keys::table
            .filter(idempotency_keys::tenant_id.eq(self.tenant_uuid()))
            .filter(idempotency_keys::expires_at.le(now));
        Ok(diesel::delete(old).execute(self.connection()).await?)
    }
}

impl WorkerTx {
    /// Up to `limit` tenants with calls that are kept no longer.
    pub async fn tenants_with_old_calls(&mut self, limit: i64) -> Result<Vec<Uuid>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let call_query = idempotency_keys::table
            .filter(idempotency_keys::expires_at.le(now))
            .order(idempotency_keys::expires_at)
            .limit(limit)
            .select(idempotency_keys::tenant_id);
        let mut tenants: Vec<Uuid> = call_query.load(self.connection()).await?;
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }
}
