//! Deletes what is kept no longer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::{webhook_deliveries, webhook_endpoints, webhook_events};
use crate::store::{TenantTx, WorkerTx};

/// Selects the events of changed files. Their index has this condition, so it must not be a parameter.
fn is_change() -> SqlLiteral<Bool> {
    sql("webhook_events.kind = 'account.changed'")
}

/// Selects the events that an endpoint has or had to get since a time, because somebody asked for them again.
macro_rules! is_queued_since {
    ($since:expr) => {
        exists(
            webhook_deliveries::table
                .filter(webhook_deliveries::tenant_id.eq(webhook_events::tenant_id))
                .filter(webhook_deliveries::sequence.eq(webhook_events::sequence))
                .filter(webhook_deliveries::queued_at.ge($since))
                // Workers may read no other columns.
                .select(webhook_deliveries::sequence),
        )
    };
}

impl WorkerTx {
    /// The numbers of up to `limit` of the oldest events of changed files, those from before `before`, by tenant. Those that were queued again since
    /// then are not among them.
    pub async fn old_changes(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<BTreeMap<Uuid, Vec<i64>>> {
        let old_webhooks_query = webhook_events::table
            .filter(is_change())
            .filter(webhook_events::at.lt(before))
            .filter(not(is_queued_since!(before)))
            .order(webhook_events::at)
            .limit(limit)
            .select((webhook_events::tenant_id, webhook_events::sequence));
        let rows: Vec<(Uuid, i64)> = old_webhooks_query.load(self.connection()).await?;
        let mut by_tenant: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
        for (tenant, sequence) in rows {
            by_tenant.entry(tenant).or_default().push(sequence);
        }
        Ok(by_tenant)
    }

    /// Tenants among the `limit` oldest events from before `before`.
    pub async fn tenants_with_old_webhooks(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Uuid>> {
        let old_webhooks_query = webhook_events::table
            .filter(webhook_events::at.lt(before))
            .order(webhook_events::at)
            .limit(limit)
            .select(webhook_events::tenant_id);
        let mut tenants: Vec<Uuid> = old_webhooks_query.load(self.connection()).await?;
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }
}

impl TenantTx {
    /// Deletes up to `limit` of the oldest events, those from before `before`, with their deliveries, and returns their number.
    pub async fn delete_old_webhooks(&mut self, before: DateTime<Utc>, limit: i64) -> Result<usize> {
        let tenant = self.tenant_uuid();
        // The times of a tenant's events need not be in their order, as each is that of the beginning of a transaction.
        let oldest = webhook_events::table
            .filter(webhook_events::tenant_id.eq(tenant))
            .order(webhook_events::sequence)
            .limit(limit)
            .select((webhook_events::sequence, webhook_events::at));
        let oldest: Vec<(i64, DateTime<Utc>)> = oldest.load(self.connection()).await?;
        let Some(last) =
            oldest.iter().take_while(|(_, at)| *at < before).map(|(sequence, _)| *sequence).last()
        else {
            return Ok(0);
        };
        diesel::delete(webhook_deliveries::table)
            .filter(webhook_deliveries::tenant_id.eq(tenant).and(webhook_deliveries::sequence.le(last)))
            .execute(self.connection())
            .await?;
        let old = webhook_events::table
            .filter(webhook_events::tenant_id.eq(tenant).and(webhook_events::sequence.le(last)));
        Ok(diesel::delete(old).execute(self.connection()).await?)
    }

    /// Deletes the events with these numbers, with their deliveries, and returns how many there were. An event that was queued again since `before`
    /// is kept.
    pub async fn delete_webhooks(&mut self, sequences: &[i64], before: DateTime<Utc>) -> Result<usize> {
        let tenant = self.tenant_uuid();
        diesel::delete(webhook_deliveries::table)
            .filter(
                webhook_deliveries::tenant_id.eq(tenant).and(webhook_deliveries::sequence.eq_any(sequences)),
            )
            .filter(webhook_deliveries::queued_at.lt(before))
            .execute(self.connection())
            .await?;
        let events = webhook_events::table
            .filter(webhook_events::tenant_id.eq(tenant).and(webhook_events::sequence.eq_any(sequences)))
            .filter(not(is_queued_since!(before)));
        Ok(diesel::delete(events).execute(self.connection()).await?)
    }

    /// Deletes up to `limit` deliveries of a removed endpoint, and the endpoint itself once it has none. Returns what was deleted.
    pub async fn delete_removed_webhook_endpoint(&mut self, id: Uuid, limit: i64) -> Result<usize> {
        let tenant = self.tenant_uuid();
        let of_endpoint =
            || webhook_deliveries::tenant_id.eq(tenant).and(webhook_deliveries::endpoint_id.eq(id));
        let some = webhook_deliveries::table
            .filter(of_endpoint())
            .order(webhook_deliveries::sequence)
            .limit(limit)
            .select(webhook_deliveries::sequence);
        let some: Vec<i64> = some.load(self.connection()).await?;
        if some.is_empty() {
            let endpoint = webhook_endpoints::table
                .find((tenant, id))
                .filter(webhook_endpoints::state.eq(bowline_api::status::WebhookState::Removed.as_str()));
            return Ok(diesel::delete(endpoint).execute(self.connection()).await?);
        }
        let some =
            webhook_deliveries::table.filter(of_endpoint().and(webhook_deliveries::sequence.eq_any(some)));
        Ok(diesel::delete(some).execute(self.connection()).await?)
    }
}
