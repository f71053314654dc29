//! How connectors' provider does, over all replicas: what the circuit breaker remembers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::connector_health;
use super::{TenantTx, WorkerTx, interval};
use crate::domain::Result;

/// A row. A connector that has never failed has none.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = connector_health, check_for_backend(diesel::pg::Pg))]
#[diesel(primary_key(tenant_id, connector_id), treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns")]
pub struct HealthRow {
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

/// How many breakers are in which state; all others are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct BreakerCounts {
    /// Nobody calls.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// One call at a time may try.
    #[diesel(sql_type = BigInt)]
    pub half_open: i64,
    /// So many calls a second, and more each second.
    #[diesel(sql_type = BigInt)]
    pub healing: i64,
}

impl TenantTx {
    /// How the connector's provider does, if it ever failed.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn connector_health(&mut self, connector: Uuid) -> Result<Option<HealthRow>> {
        let query =
            connector_health::table.find((self.tenant_uuid(), connector)).select(HealthRow::as_select());
        Ok(query.first(self.connection()).await.optional()?)
    }

    /// The same, made if there is none; nobody else can change it until this transaction ends.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn lock_connector_health(&mut self, connector: Uuid) -> Result<HealthRow> {
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
        let query = connector_health::table
            .find((self.tenant_uuid(), connector))
            .select(HealthRow::as_select())
            .for_update();
        Ok(query.first(self.connection()).await?)
    }

    /// Writes a locked row back.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn put_connector_health(&mut self, row: &HealthRow) -> Result<()> {
        diesel::update(connector_health::table.find((self.tenant_uuid(), row.connector_id)))
            .set(row)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl WorkerTx {
    /// How many breakers are open, half open and (since less than `healing`) on their way back.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn breaker_counts(&mut self, healing: Duration) -> Result<BreakerCounts> {
        let query = diesel::sql_query(
            "SELECT count(*) FILTER (WHERE retry_at > now()) AS open,
                    count(*) FILTER (WHERE retry_at <= now()) AS half_open,
                    count(*) FILTER (WHERE retry_at IS NULL AND healing_since > now() - $1) AS healing
             FROM connector_health",
        );
        Ok(query.bind::<Interval, _>(interval(healing)).get_result(self.connection()).await?)
    }
}
