//! Which tenants are to be told of changed accounts now, over all tenants.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::{Result, Share};
use crate::store::WorkerTx;

/// Tenants with a mark that is due (`$1`), except those in `$2` and those that have used up their share (`$3`). Those come first whose mark has been
/// due longest. The index of marks begins with the tenant, so each step of the recursion jumps to the next tenant, however many of its accounts
/// are marked.
const UNTOLD_TENANTS: &str = "WITH RECURSIVE marked AS (
        (SELECT tenant_id, due_at FROM account_changes WHERE due_at IS NOT NULL ORDER BY tenant_id, due_at LIMIT 1)
        UNION ALL
        SELECT n.tenant_id, n.due_at FROM marked m CROSS JOIN LATERAL (
            SELECT c.tenant_id, c.due_at FROM account_changes c
            WHERE c.due_at IS NOT NULL AND c.tenant_id > m.tenant_id ORDER BY c.tenant_id, c.due_at LIMIT 1) n
    )
    SELECT m.tenant_id AS tenant FROM marked m LEFT JOIN webhook_heads h ON h.tenant_id = m.tenant_id
    WHERE m.due_at <= $1 AND m.tenant_id <> ALL($2) AND ($3 IS NULL OR h.changes_until IS NULL OR h.changes_until <= $3)
    ORDER BY m.due_at, m.tenant_id LIMIT $4";

/// The same in a sharded database, which cannot recurse over shards: a look at the first mark of each tenant that may have any.
const UNTOLD_TENANTS_SHARDED: &str = "SELECT h.tenant_id AS tenant
    FROM webhook_heads h CROSS JOIN LATERAL (
        SELECT c.due_at FROM account_changes c
        WHERE c.tenant_id = h.tenant_id AND c.due_at IS NOT NULL ORDER BY c.due_at LIMIT 1) m
    WHERE m.due_at <= $1 AND h.tenant_id <> ALL($2) AND ($3 IS NULL OR h.changes_until IS NULL OR h.changes_until <= $3)
    ORDER BY m.due_at, h.tenant_id LIMIT $4";

#[derive(QueryableByName)]
struct Untold {
    #[diesel(sql_type = SqlUuid)]
    tenant: Uuid,
}

impl WorkerTx {
    /// Up to `limit` tenants that are to be told of changed accounts now, except those in `aside` and those that have used up their `share` (`None`:
    /// there is none). Those come first who have waited longest.
    pub async fn tenants_with_changes(
        &mut self,
        limit: i64,
        aside: &[Uuid],
        share: Option<Share>,
        is_sharded: bool,
    ) -> Result<Vec<Uuid>> {
        let now = self.now().await?;
        let latest: Option<DateTime<Utc>> = share.map(|share| share.latest(now));
        let untold_query = if is_sharded { UNTOLD_TENANTS_SHARDED } else { UNTOLD_TENANTS };
        let untold_query = diesel::sql_query(untold_query)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<SqlUuid>, _>(aside)
            .bind::<Nullable<Timestamptz>, _>(latest)
            .bind::<BigInt, _>(limit);
        let found: Vec<Untold> = untold_query.load(self.connection()).await?;
        Ok(found.into_iter().map(|one| one.tenant).collect())
    }
}
