//! What does not work now, over all tenants, for the overview of operators.

use bowline_api::status::{ConnectorStatus, JobState, LinkSessionStatus, WebhookState};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::jobs::JobRow;
use super::schema::jobs;
use super::{OperatorTx, Stored};
use crate::domain::Result;
use crate::domain::state::link_session::before;

/// A connector whose app key or secret the provider refuses, or whose breaker is open.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns")]
pub struct FailingConnectorRow {
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: Uuid,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub status: Stored<ConnectorStatus>,
    #[diesel(sql_type = Nullable<Text>)]
    pub status_reason: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub opened_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub retry_at: Option<DateTime<Utc>>,
}

/// An endpoint for webhooks that accepts nothing, or that the server has disabled.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns")]
pub struct FailingEndpointRow {
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: Uuid,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub url: String,
    #[diesel(sql_type = Text)]
    pub state: Stored<WebhookState>,
    #[diesel(sql_type = Nullable<Text>)]
    pub state_reason: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
}

/// How many seconds the work that the workers should have begun has waited, or 0.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct WaitingWork {
    /// The link session that should have been ended first.
    #[diesel(sql_type = Double)]
    pub link_sessions: f64,
    /// The running job whose worker was last heard of longest ago.
    #[diesel(sql_type = Double)]
    pub jobs: f64,
}

/// The revocations that are due although the provider was asked before.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Retried {
    /// How many fail, up to the limit.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

impl OperatorTx {
    /// Up to `limit` connectors that do not work now although nobody has disabled them, by tenant.
    pub async fn failing_connectors(&mut self, limit: i64) -> Result<Vec<FailingConnectorRow>> {
        let failing_query = diesel::sql_query(
            "SELECT c.tenant_id, t.slug, c.id, c.name, c.status, c.status_reason, h.opened_at, h.retry_at \
             FROM connectors c JOIN tenants t ON t.id = c.tenant_id \
             LEFT JOIN connector_health h ON h.tenant_id = c.tenant_id AND h.connector_id = c.id \
             WHERE c.removed_at IS NULL AND (c.status = 'broken' OR (c.status = 'active' AND h.opened_at IS NOT NULL)) \
             ORDER BY t.slug, c.id LIMIT $1",
        );
        Ok(failing_query.bind::<BigInt, _>(limit).load(self.connection()).await?)
    }

    /// Up to `limit` endpoints for webhooks that fail now, the last one to fail first: those that have accepted nothing since `patient` or
    /// longer, and those that the server has disabled by itself; none that began to fail before `oldest`.
    pub async fn failing_endpoints(
        &mut self,
        oldest: DateTime<Utc>,
        patient: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<FailingEndpointRow>> {
        // The first condition is that of the index.
        let failing_query = diesel::sql_query(
            "SELECT e.tenant_id, t.slug, e.id, e.url, e.state, e.state_reason, e.failing_since \
             FROM webhook_endpoints e JOIN tenants t ON t.id = e.tenant_id \
             WHERE ((e.state = 'enabled' AND e.failing_since IS NOT NULL) OR (e.state = 'disabled' AND e.state_reason <> 'requested')) \
             AND (e.failing_since IS NULL OR (e.failing_since >= $1 AND (e.state = 'disabled' OR e.failing_since <= $2))) \
             ORDER BY e.failing_since DESC NULLS LAST, e.id LIMIT $3",
        );
        let failing_query = failing_query.bind::<Timestamptz, _>(oldest).bind::<Timestamptz, _>(patient);
        Ok(failing_query.bind::<BigInt, _>(limit).load(self.connection()).await?)
    }

    /// How many of the due revocations have failed at the provider before, up to `limit`.
    pub async fn retried_revocations(&mut self, limit: i64) -> Result<i64> {
        let failing_query = diesel::sql_query(
            "SELECT count(*) AS count FROM ( \
             SELECT FROM revocations WHERE state = 'due' AND last_error IS NOT NULL LIMIT $1) AS retried",
        );
        let retried: Retried = failing_query.bind::<BigInt, _>(limit).get_result(self.connection()).await?;
        Ok(retried.count)
    }

    /// Up to `limit` jobs that run or wait for a second operator, newest first.
    pub async fn unfinished_jobs(&mut self, limit: i64) -> Result<Vec<JobRow>> {
        let states = [JobState::Running, JobState::AwaitingApproval].map(JobState::as_str);
        let failing_query = jobs::table
            .filter(jobs::state.eq_any(states))
            .order(jobs::id.desc())
            .limit(limit)
            .select(JobRow::as_select());
        Ok(failing_query.load(self.connection()).await?)
    }

    /// How long the workers' work has waited.
    pub async fn waiting_work(&mut self) -> Result<WaitingWork> {
        let failing_query = diesel::sql_query(
            "SELECT greatest(coalesce(( \
             SELECT extract(epoch FROM now() - expires_at) FROM link_sessions \
             WHERE status = ANY ($1) AND expires_at <= now() \
             ORDER BY expires_at LIMIT 1), 0), 0)::float8 AS link_sessions, \
             greatest(coalesce(( \
             SELECT extract(epoch FROM now() - min(held_until)) FROM jobs WHERE state = 'running'), 0), 0)::float8 AS jobs",
        );
        let open: Vec<&str> = before(LinkSessionStatus::Expired);
        Ok(failing_query.bind::<Array<Text>, _>(open).get_result(self.connection()).await?)
    }
}
