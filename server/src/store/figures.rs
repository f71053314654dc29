//! Figures about the whole service for dashboards, at a cost that does not grow with it.

use bowline_api::status::{AccountStatus, ConnectorStatus};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Text};
use diesel_async::RunQueryDsl;

use super::{OperatorTx, Stored};
use crate::domain::{AccountFilter, Result};

/// Grants that are still to be revoked at the provider.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct DueRevocations {
    /// How many, up to [`MOST_FIGURES_COUNTED`].
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// The age of the oldest in seconds, or 0.
    #[diesel(sql_type = Double)]
    pub oldest_age: f64,
    /// How many seconds the first of them has been overdue for a worker, or 0.
    #[diesel(sql_type = Double)]
    pub overdue: f64,
}

/// The maximum number of grants or rows counted. A longer queue is reported as this long.
pub const MOST_FIGURES_COUNTED: u32 = 100_000;

/// The journal of repeated issues that are not folded into their holdings yet.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Unfolded {
    /// The number of rows, up to [`MOST_FIGURES_COUNTED`].
    #[diesel(sql_type = BigInt)]
    pub rows: i64,
    /// The age of the oldest in seconds, or 0.
    #[diesel(sql_type = Double)]
    pub oldest_age: f64,
}

/// The connectors with one status.
#[derive(Debug, Clone, QueryableByName)]
pub struct Connectors {
    /// The status.
    #[diesel(sql_type = Text)]
    pub status: Stored<ConnectorStatus>,
    /// The number of connectors with that status.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

impl OperatorTx {
    /// The number of accounts with a status: counted if there are few, otherwise estimated by the planner.
    pub async fn accounts_in(&mut self, status: AccountStatus) -> Result<u64> {
        let filter = AccountFilter { status: Some(status.into()), ..AccountFilter::default() };
        Ok(self.count_accounts(&filter).await?.count)
    }

    /// The number of connectors by status.
    pub async fn connectors_by_status(&mut self) -> Result<Vec<Connectors>> {
        let figures_query = diesel::sql_query(
            "SELECT status, count(*) AS count FROM connectors WHERE removed_at IS NULL GROUP BY status",
        );
        Ok(figures_query.load(self.connection()).await?)
    }

    /// The queue of revocations.
    pub async fn due_revocations(&mut self) -> Result<DueRevocations> {
        let figures_query = diesel::sql_query(
            "SELECT count(*) AS count, \
             coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_age, \
             greatest(coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0), 0)::float8 AS overdue \
             FROM (SELECT created_at, next_attempt_at FROM revocations WHERE state = 'due' \
                   ORDER BY next_attempt_at LIMIT $1) AS due",
        );
        Ok(figures_query
            .bind::<BigInt, _>(i64::from(MOST_FIGURES_COUNTED))
            .get_result(self.connection())
            .await?)
    }

    /// The journal of repeated issues. The query reads only an index.
    pub async fn unfolded_repeats(&mut self) -> Result<Unfolded> {
        let figures_query = diesel::sql_query(
            "SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS oldest_age \
             FROM (SELECT at FROM token_repeats ORDER BY at LIMIT $1) AS unfolded",
        );
        Ok(figures_query
            .bind::<BigInt, _>(i64::from(MOST_FIGURES_COUNTED))
            .get_result(self.connection())
            .await?)
    }
}
