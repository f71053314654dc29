//! The circuit breakers of all connectors, shared by all replicas (table `connector_health`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::connector_health;
use crate::store::{OperatorTx, TenantTx, WorkerTx, interval};

/// The breaker of one connector. A connector whose calls have never failed has no row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = connector_health, check_for_backend(diesel::pg::Pg))]
#[diesel(primary_key(tenant_id, connector_id), treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns")]
pub struct BreakerRow {
    pub tenant_id: Uuid,
    pub connector_id: Uuid,
    pub window_started_at: DateTime<Utc>,
    pub failures: i32,
    pub successes: i64,
    pub opened_at: Option<DateTime<Utc>>,
    pub retry_at: Option<DateTime<Utc>>,
    pub openings: i32,
    pub probe_owner: Option<Uuid>,
    pub probe_until: Option<DateTime<Utc>>,
    pub healing_since: Option<DateTime<Utc>>,
    pub healing_second: i32,
    pub healing_calls: i32,
}

/// The number of breakers in each state. All others are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct BreakerCounts {
    /// No calls go through.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Half-open breakers: one call at a time is the probe.
    #[diesel(sql_type = BigInt)]
    pub half_open: i64,
    /// A growing number of calls goes through each second.
    #[diesel(sql_type = BigInt)]
    pub healing: i64,
}

impl OperatorTx {
    /// The breaker of a tenant's connector, if a call has ever failed.
    pub async fn connector_breaker(&mut self, tenant: Uuid, connector: Uuid) -> Result<Option<BreakerRow>> {
        let breaker_query = connector_health::table.find((tenant, connector)).select(BreakerRow::as_select());
        Ok(breaker_query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// The connector's breaker, if a call has ever failed.
    pub async fn breaker(&mut self, connector: Uuid) -> Result<Option<BreakerRow>> {
        let breaker_query =
            connector_health::table.find((self.tenant_uuid(), connector)).select(BreakerRow::as_select());
        Ok(breaker_query.first(self.connection()).await.optional()?)
    }

    /// The connector's breaker, inserted if there is none, and locked until this transaction ends.
    pub async fn lock_breaker(&mut self, connector: Uuid) -> Result<BreakerRow> {
        diesel::insert_into(connector_health::table)
            .values((
                connector_health::tenant_id.eq(self.tenant_uuid()),
                connector_health::connector_id.eq(connector),
                connector_health::window_started_at.eq(diesel::dsl::now.into_sql::<Timestamptz>()),
                connector_health::failures.eq(0),
                connector_health::successes.eq(0),
                connector_health::openings.eq(0),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        let breaker_query = connector_health::table
            .find((self.tenant_uuid(), connector))
            .select(BreakerRow::as_select())
            .for_update();
        Ok(breaker_query.first(self.connection()).await?)
    }

    /// Writes a locked breaker back.
    pub async fn write_breaker(&mut self, breaker: &BreakerRow) -> Result<()> {
        diesel::update(connector_health::table.find((self.tenant_uuid(), breaker.connector_id)))
            .set(breaker)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl WorkerTx {
    /// The number of breakers that are open, that are half open, and that have been healing for less than `healing`.
    pub async fn breaker_counts(&mut self, healing: Duration) -> Result<BreakerCounts> {
        let breaker_query = diesel::sql_query(
            "SELECT count(*) FILTER (WHERE retry_at > now()) AS open,
                    count(*) FILTER (WHERE retry_at <= now()) AS half_open,
                    count(*) FILTER (WHERE retry_at IS NULL AND healing_since > now() - $1) AS healing
             FROM connector_health",
        );
        Ok(breaker_query.bind::<Interval, _>(interval(healing)).get_result(self.connection()).await?)
    }
}
