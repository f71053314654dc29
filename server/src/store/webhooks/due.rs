//! Which endpoints have something to deliver now, over all tenants, and the leases under which senders deliver.

use std::time::Duration;

use bowline_api::status::WebhookState;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Interval, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::webhook_endpoints;
use crate::store::{OperatorTx, WorkerTx, interval};

/// The endpoints with a delivery that is due and without a sender, unless their tenant is frozen: those that do not fail first, and of these, those
/// that have waited longest. The index of waiting deliveries begins with the endpoint, so each step of the recursion jumps to the next endpoint,
/// however many of its deliveries wait.
const DUE_ENDPOINTS: &str = "WITH RECURSIVE waiting AS (
        (SELECT tenant_id, endpoint_id, next_at FROM webhook_deliveries WHERE state = 'waiting'
         ORDER BY tenant_id, endpoint_id, next_at LIMIT 1)
        UNION ALL
        SELECT n.tenant_id, n.endpoint_id, n.next_at FROM waiting w CROSS JOIN LATERAL (
            SELECT d.tenant_id, d.endpoint_id, d.next_at FROM webhook_deliveries d
            WHERE d.state = 'waiting' AND (d.tenant_id, d.endpoint_id) > (w.tenant_id, w.endpoint_id)
            ORDER BY d.tenant_id, d.endpoint_id, d.next_at LIMIT 1) n
    )
    SELECT e.tenant_id AS tenant, e.id AS endpoint, e.failing_since IS NOT NULL AS is_failing FROM waiting w
    JOIN webhook_endpoints e ON e.tenant_id = w.tenant_id AND e.id = w.endpoint_id
    WHERE w.next_at <= now() AND e.state = 'enabled' AND e.held_until <= now()
      AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = e.tenant_id AND t.frozen_at IS NOT NULL)
    ORDER BY e.failing_since IS NOT NULL, w.next_at LIMIT $1";

/// The same in a sharded database, which cannot recurse over shards.
const DUE_ENDPOINTS_SHARDED: &str = "SELECT e.tenant_id AS tenant, e.id AS endpoint, e.failing_since IS NOT NULL AS is_failing
    FROM webhook_endpoints e
    WHERE e.state = 'enabled' AND e.held_until <= now() AND EXISTS (
        SELECT FROM webhook_deliveries d
        WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at <= now())
      AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = e.tenant_id AND t.frozen_at IS NOT NULL)
    ORDER BY e.failing_since IS NOT NULL LIMIT $1";

/// Extends the leases (`$1` to `$3`) that their owners still have. Whoever has locked an endpoint extends its lease, ends it, or edits the
/// endpoint.
const EXTEND_LEASES: &str = "UPDATE webhook_endpoints e SET held_until = now() + $4
    FROM (SELECT h.tenant_id, h.id FROM unnest($1, $2, $3) AS o (tenant_id, id, owner)
          JOIN webhook_endpoints h ON h.tenant_id = o.tenant_id AND h.id = o.id AND h.owner = o.owner
          FOR NO KEY UPDATE OF h SKIP LOCKED) held
    WHERE e.tenant_id = held.tenant_id AND e.id = held.id RETURNING e.id AS endpoint, e.owner AS owner";

/// How long the delivery that is most overdue has waited for a sender, in seconds. What waits for a frozen tenant is not overdue.
const UNCLAIMED_DELIVERY_WAIT: &str =
    "SELECT extract(epoch FROM max(now() - greatest(e.held_until, d.next_at)))::float8 AS seconds
    FROM webhook_endpoints e CROSS JOIN LATERAL (
        SELECT w.next_at FROM webhook_deliveries w
        WHERE w.tenant_id = e.tenant_id AND w.endpoint_id = e.id AND w.state = 'waiting' ORDER BY w.next_at LIMIT 1) d
    WHERE e.state = 'enabled' AND e.held_until <= now() AND d.next_at <= now() - interval '30 seconds'
      AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = e.tenant_id AND t.frozen_at IS NOT NULL)";

/// The lease of a sender on an endpoint.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct DueEndpoint {
    /// The tenant.
    #[diesel(sql_type = SqlUuid)]
    pub tenant: Uuid,
    /// The endpoint.
    #[diesel(sql_type = SqlUuid)]
    pub endpoint: Uuid,
    /// Whether the endpoint has accepted nothing since a failure.
    #[diesel(sql_type = Bool)]
    pub is_failing: bool,
}

#[derive(QueryableByName)]
struct Extended {
    #[diesel(sql_type = SqlUuid)]
    endpoint: Uuid,
    #[diesel(sql_type = SqlUuid)]
    owner: Uuid,
}

#[derive(QueryableByName)]
struct Seconds {
    #[diesel(sql_type = Nullable<Double>)]
    seconds: Option<f64>,
}

impl WorkerTx {
    /// Takes up to `limit` endpoints that have something to deliver now, `failing` of which may be failing, for `length`. No other sender delivers
    /// to them until then.
    pub async fn claim_webhook_endpoints(
        &mut self,
        owner: Uuid,
        (limit, mut failing): (i64, usize),
        length: Duration,
        is_sharded: bool,
    ) -> Result<Vec<DueEndpoint>> {
        let due_query = if is_sharded {
            DUE_ENDPOINTS_SHARDED.to_owned()
        } else {
            // Another sender may be taking it, or somebody may be editing it.
            format!("{DUE_ENDPOINTS} FOR NO KEY UPDATE OF e SKIP LOCKED")
        };
        let due: Vec<DueEndpoint> =
            diesel::sql_query(due_query).bind::<BigInt, _>(limit).load(self.connection()).await?;
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let mut claimed = Vec::with_capacity(due.len());
        for one in due {
            if one.is_failing && failing == 0 {
                continue;
            }
            let free = webhook_endpoints::state
                .eq(WebhookState::Enabled.as_str())
                .and(webhook_endpoints::held_until.le(now));
            let claim =
                diesel::update(webhook_endpoints::table.find((one.tenant, one.endpoint))).filter(free).set((
                    webhook_endpoints::owner.eq(owner),
                    webhook_endpoints::held_until.eq(now + interval(length).into_sql::<Interval>()),
                ));
            if claim.execute(self.connection()).await? == 1 {
                failing -= usize::from(one.is_failing);
                claimed.push(one);
            }
        }
        Ok(claimed)
    }

    /// Extends leases, each with its owner, by `length` from now on. Returns the endpoints and owners of those that were extended: not those that
    /// have ended, and not all whose endpoint somebody has locked.
    pub async fn extend_webhook_leases(
        &mut self,
        leases: &[(DueEndpoint, Uuid)],
        length: Duration,
        is_sharded: bool,
    ) -> Result<Vec<(Uuid, Uuid)>> {
        let length = interval(length);
        if !is_sharded {
            let column = |of: fn(&(DueEndpoint, Uuid)) -> Uuid| leases.iter().map(of).collect::<Vec<_>>();
            let due_query = diesel::sql_query(EXTEND_LEASES)
                .bind::<Array<SqlUuid>, _>(column(|(lease, _)| lease.tenant))
                .bind::<Array<SqlUuid>, _>(column(|(lease, _)| lease.endpoint))
                .bind::<Array<SqlUuid>, _>(column(|(_, owner)| *owner))
                .bind::<Interval, _>(length);
            let extended: Vec<Extended> = due_query.load(self.connection()).await?;
            return Ok(extended.into_iter().map(|one| (one.endpoint, one.owner)).collect());
        }
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let mut extended = Vec::with_capacity(leases.len());
        for (lease, owner) in leases {
            let extend = diesel::update(webhook_endpoints::table.find((lease.tenant, lease.endpoint)))
                .filter(webhook_endpoints::owner.eq(*owner))
                .set(webhook_endpoints::held_until.eq(now + length.into_sql::<Interval>()));
            if extend.execute(self.connection()).await? == 1 {
                extended.push((lease.endpoint, *owner));
            }
        }
        Ok(extended)
    }

    /// How long deliveries have waited for a sender beyond half a minute, in seconds; 0 if none has.
    pub async fn unclaimed_webhooks(&mut self) -> Result<f64> {
        let found: Seconds = diesel::sql_query(UNCLAIMED_DELIVERY_WAIT).get_result(self.connection()).await?;
        Ok(found.seconds.unwrap_or_default())
    }

    /// Up to `limit` endpoints that were removed.
    pub async fn removed_webhook_endpoints(&mut self, limit: i64) -> Result<Vec<DueEndpoint>> {
        let due_query = webhook_endpoints::table
            .filter(webhook_endpoints::state.eq(WebhookState::Removed.as_str()))
            .limit(limit)
            .select((webhook_endpoints::tenant_id, webhook_endpoints::id));
        let rows: Vec<(Uuid, Uuid)> = due_query.load(self.connection()).await?;
        Ok(rows
            .into_iter()
            .map(|(tenant, endpoint)| DueEndpoint { tenant, endpoint, is_failing: false })
            .collect())
    }
}

impl OperatorTx {
    /// The number of enabled endpoints that have accepted nothing since a failure.
    pub async fn failing_webhook_endpoints(&mut self) -> Result<i64> {
        let due_query = webhook_endpoints::table
            .filter(webhook_endpoints::state.eq(WebhookState::Enabled.as_str()))
            .filter(webhook_endpoints::failing_since.is_not_null())
            .count();
        Ok(due_query.get_result(self.connection()).await?)
    }
}
