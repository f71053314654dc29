//! What tenants do, minute by minute, over all replicas (table `tenant_minutes`).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::{audit_events, tenant_minutes};
use super::{OperatorTx, WorkerTx};
use crate::domain::Result;

/// The actions that are counted in the audit logs.
const LINKED_ACTION: &str = "account.linked";
const RELINKED_ACTION: &str = "account.relinked";
const LINK_FAILED_ACTION: &str = "link_session.failed";
const GIVEN_UP_ACTION: &str = "account.revocation_given_up";

/// What a tenant did in some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityCounts {
    /// Tokens that were issued.
    pub issues: i64,
    /// Refreshes that succeeded.
    pub refreshes: i64,
    /// Refreshes that failed.
    pub failed_refreshes: i64,
    /// The duration of all of these refreshes together, in milliseconds.
    pub refresh_millis: i64,
}

/// The counts of a minute over all tenants.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Minute {
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub minute: DateTime<Utc>,
    /// Tokens that were issued.
    #[diesel(sql_type = BigInt)]
    pub issues: i64,
    /// Refreshes that succeeded.
    #[diesel(sql_type = BigInt)]
    pub refreshes: i64,
    /// Refreshes that failed.
    #[diesel(sql_type = BigInt)]
    pub failed_refreshes: i64,
}

/// The links of a minute over all tenants.
#[derive(Debug, Clone, QueryableByName)]
pub struct LoggedMinute {
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub minute: DateTime<Utc>,
    /// How many users linked an account, for the first time or again.
    #[diesel(sql_type = BigInt)]
    pub links: i64,
    /// How many links failed.
    #[diesel(sql_type = BigInt)]
    pub failed_links: i64,
}

/// How long the refreshes of a tenant take.
#[derive(Debug, Clone, QueryableByName)]
pub struct RefreshPace {
    /// The tenant.
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: Uuid,
    /// The tenant's refreshes, the failed ones included.
    #[diesel(sql_type = BigInt)]
    pub refreshes: i64,
    /// Those that failed.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// The mean duration of the tenant's refreshes in milliseconds.
    #[diesel(sql_type = BigInt)]
    pub mean_millis: i64,
}

/// A row.
#[derive(Insertable)]
#[diesel(table_name = tenant_minutes)]
struct Row {
    tenant_id: Uuid,
    minute: DateTime<Utc>,
    issues: i64,
    refreshes: i64,
    failed_refreshes: i64,
    refresh_millis: i64,
}

impl WorkerTx {
    /// Adds the counts of some tenants to the minute that begins at `minute`. Replicas add in one order, so that they
    /// never wait for each other in a circle.
    pub async fn add_activity(
        &mut self,
        minute: DateTime<Utc>,
        counts: &[(Uuid, ActivityCounts)],
    ) -> Result<()> {
        let mut rows: Vec<Row> = counts
            .iter()
            .map(|(tenant_id, counts)| Row {
                tenant_id: *tenant_id,
                minute,
                issues: counts.issues,
                refreshes: counts.refreshes,
                failed_refreshes: counts.failed_refreshes,
                refresh_millis: counts.refresh_millis,
            })
            .collect();
        rows.sort_unstable_by_key(|row| row.tenant_id);
        let add = diesel::insert_into(tenant_minutes::table)
            .values(rows)
            .on_conflict((tenant_minutes::tenant_id, tenant_minutes::minute))
            .do_update()
            .set((
                tenant_minutes::issues.eq(tenant_minutes::issues + excluded(tenant_minutes::issues)),
                tenant_minutes::refreshes.eq(tenant_minutes::refreshes + excluded(tenant_minutes::refreshes)),
                tenant_minutes::failed_refreshes
                    .eq(tenant_minutes::failed_refreshes + excluded(tenant_minutes::failed_refreshes)),
                tenant_minutes::refresh_millis
                    .eq(tenant_minutes::refresh_millis + excluded(tenant_minutes::refresh_millis)),
            ));
        add.execute(self.connection()).await?;
        Ok(())
    }

    /// Tenants with minutes before `before`, among the `limit` oldest minutes.
    pub async fn tenants_with_old_minutes(&mut self, before: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>> {
        let activity_query = tenant_minutes::table
            .filter(tenant_minutes::minute.lt(before))
            .order(tenant_minutes::minute)
            .limit(limit)
            .select(tenant_minutes::tenant_id);
        let mut tenants: Vec<Uuid> = activity_query.load(self.connection()).await?;
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }

    /// Deletes the minutes of a tenant before `before`, and returns their number.
    pub async fn delete_old_minutes(&mut self, tenant: Uuid, before: DateTime<Utc>) -> Result<usize> {
        let old = tenant_minutes::table
            .filter(tenant_minutes::tenant_id.eq(tenant).and(tenant_minutes::minute.lt(before)));
        Ok(diesel::delete(old).execute(self.connection()).await?)
    }
}

impl OperatorTx {
    /// What all tenants did in each minute from `since` on.
    pub async fn activity(&mut self, since: DateTime<Utc>) -> Result<Vec<Minute>> {
        let activity_query = diesel::sql_query(
            "SELECT minute, sum(issues)::bigint AS issues, sum(refreshes)::bigint AS refreshes, \
             sum(failed_refreshes)::bigint AS failed_refreshes \
             FROM tenant_minutes WHERE minute >= $1 GROUP BY minute",
        );
        Ok(activity_query.bind::<Timestamptz, _>(since).load(self.connection()).await?)
    }

    /// The links that succeeded and failed in each minute from `since` on, from the audit logs.
    pub async fn logged_links(&mut self, since: DateTime<Utc>) -> Result<Vec<LoggedMinute>> {
        let activity_query = diesel::sql_query(
            "SELECT date_trunc('minute', at) AS minute, count(*) FILTER (WHERE action <> $2) AS links, \
             count(*) FILTER (WHERE action = $2) AS failed_links \
             FROM audit_events WHERE action IN ($2, $3, $4) AND at >= $1 GROUP BY 1",
        );
        let activity_query = activity_query
            .bind::<Timestamptz, _>(since)
            .bind::<Text, _>(LINK_FAILED_ACTION)
            .bind::<Text, _>(LINKED_ACTION)
            .bind::<Text, _>(RELINKED_ACTION);
        Ok(activity_query.load(self.connection()).await?)
    }

    /// The revocations that were given up from `since` on, from the audit logs.
    pub async fn revocations_given_up(&mut self, since: DateTime<Utc>) -> Result<i64> {
        let activity_query = audit_events::table
            .filter(audit_events::action.eq(GIVEN_UP_ACTION).and(audit_events::at.ge(since)))
            .count();
        Ok(activity_query.get_result(self.connection()).await?)
    }

    /// Up to `limit` tenants whose refreshes took longest on average from `since` on, slowest first. Tenants with fewer
    /// than `at_least` refreshes are left out.
    pub async fn slowest_tenants(
        &mut self,
        since: DateTime<Utc>,
        at_least: i64,
        limit: i64,
    ) -> Result<Vec<RefreshPace>> {
        let activity_query = diesel::sql_query(
            "SELECT tenant_id, sum(refreshes + failed_refreshes)::bigint AS refreshes, \
             sum(failed_refreshes)::bigint AS failed, \
             (sum(refresh_millis) / sum(refreshes + failed_refreshes))::bigint AS mean_millis \
             FROM tenant_minutes WHERE minute >= $1 GROUP BY tenant_id \
             HAVING sum(refreshes + failed_refreshes) >= $2 ORDER BY mean_millis DESC, tenant_id LIMIT $3",
        );
        let activity_query = activity_query.bind::<Timestamptz, _>(since).bind::<BigInt, _>(at_least.max(1));
        Ok(activity_query.bind::<BigInt, _>(limit).load(self.connection()).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Event;

    #[test]
    fn the_counted_actions_are_recorded() {
        for action in [LINKED_ACTION, RELINKED_ACTION, LINK_FAILED_ACTION, GIVEN_UP_ACTION] {
            assert!(Event::ACTIONS.contains(&action), "{action}");
        }
    }
}
