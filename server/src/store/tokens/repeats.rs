//! Repeated issues of tokens as rows: added to their holdings and to the time of an account's last use, or written to a
//! journal first if there are many.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{self, Array, BigInt, Integer, Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::holdings::Holding;
use crate::domain::Result;
use crate::store::pg::sql::{
    hashtextextended, interval, pg_advisory_xact_lock, pg_try_advisory_xact_lock, uuid_hash_extended,
};
use crate::store::schema::token_repeats;
use crate::store::{TenantTx, WorkerTx};

/// The minimum interval between updates of an account's `last_used_at`. It is part of indexes, so each update adds an
/// entry to every index of the account. The exact time of each issue is in its holding.
const USED_AT_EVERY: Duration = Duration::from_hours(1);

/// Issues of one token to one key.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// The token and the key.
    pub holding: Holding,
    /// The number of issues. Zero if only the account's last use is to be recorded.
    pub issues: i32,
    /// The time of the last issue. None means now.
    pub at: Option<DateTime<Utc>>,
}

/// Issues of many tokens to one key, in one row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = token_repeats, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct RepeatsRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub api_key_id: Uuid,
    pub account_ids: Vec<Uuid>,
    pub generations: Vec<i64>,
    pub counts: Vec<i32>,
}

impl RepeatsRow {
    /// Each token's holding, with its number of issues.
    pub fn issues(&self) -> impl Iterator<Item = (Holding, i32)> {
        let tokens = self.account_ids.iter().zip(&self.generations).zip(&self.counts);
        tokens.map(|((&account, &generation), &count)| {
            (Holding { account, api_key: self.api_key_id, generation }, count)
        })
    }
}

/// A tenant whose journal is to be folded.
#[derive(Debug, Clone, Queryable)]
pub struct DueJournal {
    /// The tenant.
    pub tenant: Uuid,
    /// When the oldest row was written.
    pub oldest: DateTime<Utc>,
    /// The time of the query.
    pub now: DateTime<Utc>,
}

/// Adds to the holdings of one tenant. A used account gets its time of last use, once an hour, and each of its tokens
/// gets its holders, so that the token path need not read the holdings. Both times of a use, and the one before which
/// an account counts as not recently used, are bound values: Citus rejects functions that are not immutable in an
/// UPDATE, and subtracting an interval from a time is one of them.
const ADD_TO_HOLDINGS: &str = "
    WITH used AS (
        UPDATE accounts a
        SET last_used_at = CASE WHEN a.last_used_at > u.lately THEN a.last_used_at ELSE u.at END,
            held_by = CASE WHEN u.generation = a.generation THEN u.api_key ELSE a.held_by END,
            held_generation = CASE WHEN u.generation = a.generation THEN u.generation ELSE a.held_generation END
        FROM (SELECT DISTINCT ON (c.account) c.account, c.api_key, c.generation, c.at, c.lately
              FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $6::timestamptz[], $7::timestamptz[])
                  AS c (account, api_key, generation, at, lately)
              JOIN token_holdings h ON h.tenant_id = $1 AND h.account_id = c.account AND h.api_key_id = c.api_key
                  AND h.generation = c.generation
              ORDER BY c.account, c.generation DESC, c.at DESC) u
        WHERE a.tenant_id = $1 AND a.id = u.account
          AND (a.last_used_at IS NULL OR a.last_used_at < u.lately
               OR (a.generation = u.generation AND a.held_generation IS DISTINCT FROM u.generation))
    )
    UPDATE token_holdings h
    SET issues = h.issues + c.issues, last_issued_at = greatest(h.last_issued_at, c.at)
    FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::integer[], $6::timestamptz[])
        AS c (account, api_key, generation, issues, at)
    WHERE h.tenant_id = $1 AND h.account_id = c.account AND h.api_key_id = c.api_key AND h.generation = c.generation
      AND c.issues > 0";

impl TenantTx {
    /// Adds repeats of tokens that the keys have held before, and records that their accounts were used.
    pub async fn add_repeats(&mut self, repeats: &[Repeat]) -> Result<()> {
        let holdings = || repeats.iter().map(|repeat| repeat.holding);
        // Additions to the holdings of one tenant take turns, so that they cannot deadlock on each other's rows. The lock
        // is a separate statement because sharding engines do not allow a writing statement to take one.
        let turn = hashtextextended("bowline holdings", uuid_hash_extended(self.tenant_uuid(), 0));
        diesel::select(pg_advisory_xact_lock(turn)).execute(self.connection()).await?;
        let now = self.now().await?;
        let at: Vec<DateTime<Utc>> = repeats.iter().map(|repeat| repeat.at.unwrap_or(now)).collect();
        let lately: Vec<DateTime<Utc>> = at.iter().map(|at| *at - USED_AT_EVERY).collect();
        diesel::sql_query(ADD_TO_HOLDINGS)
            .bind::<sql_types::Uuid, _>(self.tenant_uuid())
            .bind::<Array<sql_types::Uuid>, _>(holdings().map(|holding| holding.account).collect::<Vec<_>>())
            .bind::<Array<sql_types::Uuid>, _>(holdings().map(|holding| holding.api_key).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(holdings().map(|holding| holding.generation).collect::<Vec<_>>())
            .bind::<Array<Integer>, _>(repeats.iter().map(|repeat| repeat.issues).collect::<Vec<_>>())
            .bind::<Array<Timestamptz>, _>(at)
            .bind::<Array<Timestamptz>, _>(lately)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The oldest rows of the tenant's journal that were written before `before`, with their times. None if another
    /// replica is folding this tenant's journal. No other can until this transaction ends.
    pub async fn oldest_repeats(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(DateTime<Utc>, RepeatsRow)>> {
        let tenant = self.tenant_uuid();
        let turn = hashtextextended("bowline fold", uuid_hash_extended(tenant, 0));
        if !diesel::select(pg_try_advisory_xact_lock(turn)).get_result::<bool>(self.connection()).await? {
            return Ok(Vec::new());
        }
        let repeats_query = token_repeats::table
            .filter(token_repeats::tenant_id.eq(tenant).and(token_repeats::at.lt(before)))
            .order((token_repeats::at, token_repeats::id))
            .limit(limit)
            .select((token_repeats::at, RepeatsRow::as_select()));
        Ok(repeats_query.load(self.connection()).await?)
    }

    /// Deletes journal rows of the tenant that have been added to the holdings.
    pub async fn delete_repeats(&mut self, ids: &[Uuid]) -> Result<()> {
        let rows = token_repeats::table
            .filter(token_repeats::tenant_id.eq(self.tenant_uuid()).and(token_repeats::id.eq_any(ids)));
        diesel::delete(rows).execute(self.connection()).await?;
        Ok(())
    }
}

impl WorkerTx {
    /// Adds to the journal, for all tenants.
    pub async fn insert_repeats(&mut self, rows: &[RepeatsRow]) -> Result<()> {
        diesel::insert_into(token_repeats::table).values(rows).execute(self.connection()).await?;
        Ok(())
    }

    /// Tenants whose journal is older than `at_least`, or was not added to for `quiet`.
    pub async fn tenants_with_due_repeats(
        &mut self,
        at_least: Duration,
        quiet: Duration,
    ) -> Result<Vec<DueJournal>> {
        use diesel::dsl::{max, min};
        let now = || diesel::dsl::now.into_sql::<Timestamptz>();
        let repeats_query = token_repeats::table
            .group_by(token_repeats::tenant_id)
            .having(
                min(token_repeats::at)
                    .lt((now() - interval(at_least).into_sql::<Interval>()).nullable())
                    .or(max(token_repeats::at)
                        .lt((now() - interval(quiet).into_sql::<Interval>()).nullable())),
            )
            .select((token_repeats::tenant_id, min(token_repeats::at).assume_not_null(), now()));
        Ok(repeats_query.load(self.connection()).await?)
    }
}
