//! What a sender reads and writes between attempts, under its lease on the endpoint.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_api::status::WebhookDeliveryState;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::endpoints::EndpointRow;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::{tenants, webhook_endpoints};

/// The maximum number of deliveries of which one statement changes the time. No statement takes longer with a larger backlog.
pub(super) const MOVED: i64 = 2_000;

/// Deliveries that are due, each with its neighbours of the same account that wait. Those in `$4`, and of the accounts in `$5`, are not read.
/// They come in the order in which they are due.
const NEXT_DELIVERIES: &str = "SELECT d.sequence, d.account_id, d.attempts, d.queued_at, e.id AS event, e.at, e.payload,
        (SELECT max(b.sequence) FROM webhook_deliveries b
         WHERE b.tenant_id = d.tenant_id AND b.account_id = d.account_id AND b.endpoint_id = d.endpoint_id
           AND b.state = 'waiting' AND b.sequence < d.sequence) AS behind,
        (SELECT b.next_at FROM webhook_deliveries b
         WHERE b.tenant_id = d.tenant_id AND b.account_id = d.account_id AND b.endpoint_id = d.endpoint_id
           AND b.state = 'waiting' AND b.sequence < d.sequence ORDER BY b.sequence DESC LIMIT 1) AS behind_until,
        coalesce((SELECT f.next_at > $3 FROM webhook_deliveries f
         WHERE f.tenant_id = d.tenant_id AND f.account_id = d.account_id AND f.endpoint_id = d.endpoint_id
           AND f.state = 'waiting' AND f.sequence > d.sequence ORDER BY f.sequence LIMIT 1), false) AS next_waits
    FROM webhook_deliveries d
    JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.sequence = d.sequence
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.state = 'waiting' AND d.next_at <= $3 AND d.sequence <> ALL($4)
      AND (d.account_id IS NULL OR d.account_id <> ALL($5))
    ORDER BY d.next_at, d.sequence LIMIT $6";

/// Writes outcomes down. What was not tried keeps what is known about its last attempt, and what was queued again meanwhile keeps all.
const WRITE_OUTCOMES: &str = "UPDATE webhook_deliveries d
    SET state = o.state, attempts = d.attempts + o.tried, next_at = o.next_at, error = o.error,
        attempted_at = CASE WHEN o.tried > 0 THEN $3 ELSE d.attempted_at END,
        status = CASE WHEN o.tried > 0 THEN o.status ELSE d.status END,
        milliseconds = CASE WHEN o.tried > 0 THEN o.milliseconds ELSE d.milliseconds END,
        answer = CASE WHEN o.tried > 0 THEN o.answer ELSE d.answer END
    FROM unnest($4::bigint[], $5::text[], $6::integer[], $7::timestamptz[], $8::integer[], $9::text[], $10::integer[], $11::text[],
        $12::timestamptz[]) AS o (sequence, state, tried, next_at, status, error, milliseconds, answer, queued_by)
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.sequence = o.sequence AND d.state = 'waiting'
      AND d.queued_at <= o.queued_by";

/// What waits behind deliveries, each of another account, and until when it is to wait, if that is another time. Of each account, the next `$7` are
/// looked at.
const FOLLOWING_DELIVERIES: &str = "SELECT w.sequence, o.until
    FROM unnest($3::uuid[], $4::bigint[], $5::timestamptz[], $6::boolean[]) AS o (account_id, sequence, until, later)
    CROSS JOIN LATERAL (
        SELECT b.sequence, b.next_at FROM webhook_deliveries b
        WHERE b.tenant_id = $1 AND b.endpoint_id = $2 AND b.account_id = o.account_id AND b.sequence > o.sequence
          AND b.state = 'waiting'
        ORDER BY b.sequence LIMIT $7) w
    WHERE CASE WHEN o.later THEN w.next_at < o.until ELSE w.next_at > o.until END
    LIMIT $7";

/// Changes the times of deliveries.
const MOVE_DELIVERIES: &str = "UPDATE webhook_deliveries d SET next_at = o.next_at
    FROM unnest($3::bigint[], $4::timestamptz[]) AS o (sequence, next_at)
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.sequence = o.sequence AND d.state = 'waiting'";

/// A delivery that is due.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns")]
pub struct DueDelivery {
    #[diesel(sql_type = BigInt)]
    pub sequence: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub account_id: Option<Uuid>,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub queued_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    pub event: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// The number of the last delivery of the same account that waits before it.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub behind: Option<i64>,
    /// Until when the delivery before it waits.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub behind_until: Option<DateTime<Utc>>,
    /// Whether the next one of the account that waits is not due.
    #[diesel(sql_type = Bool)]
    pub next_waits: bool,
}

/// The outcome that is written down about a delivery.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its number.
    pub sequence: i64,
    /// Its account.
    pub account: Option<Uuid>,
    /// If it was queued later than this, somebody has asked for it again while the attempt ran: it is sent again, whatever came of the attempt.
    pub queued_by: DateTime<Utc>,
    /// Whether it waits on.
    pub state: WebhookDeliveryState,
    /// Whether this was an attempt.
    pub was_tried: bool,
    /// When the delivery is tried again.
    pub next_at: DateTime<Utc>,
    /// The status of the endpoint's answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub error: Option<&'static str>,
    /// How long the attempt took.
    pub milliseconds: Option<i32>,
    /// The beginning of the endpoint's answer.
    pub answer: Option<String>,
    /// Until when what waits behind it is to wait, if that changes.
    pub followers: Option<DateTime<Utc>>,
}

/// What waits behind a delivery, and until when it is to wait. What is more than one statement may change is found when it is due, or when the one
/// before it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followers {
    /// The account.
    pub account: Uuid,
    /// The number of the delivery. Those with a higher one are behind it.
    pub after: i64,
    /// The time.
    pub until: DateTime<Utc>,
    /// Whether those that are due earlier are to wait until then, or those that are due later to wait no longer.
    pub later: bool,
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Timestamptz)]
    until: DateTime<Utc>,
}

impl TenantTx {
    /// The endpoint, locked, if `owner` still delivers to it, and whether an operator has frozen the tenant.
    pub async fn held_webhook_endpoint(
        &mut self,
        id: Uuid,
        owner: Uuid,
    ) -> Result<Option<(EndpointRow, bool)>> {
        let tenant = self.tenant_uuid();
        let frozen = tenants::table.filter(tenants::id.eq(tenant)).filter(tenants::frozen_at.is_not_null());
        let delivery_query = webhook_endpoints::table
            .find((tenant, id))
            .filter(webhook_endpoints::owner.eq(owner))
            .select((EndpointRow::as_select(), diesel::dsl::now.into_sql::<Timestamptz>(), exists(frozen)))
            .for_no_key_update();
        let held: Option<(EndpointRow, DateTime<Utc>, bool)> =
            delivery_query.first(self.connection()).await.optional()?;
        Ok(held.map(|(row, now, is_frozen)| {
            self.now = Some(now);
            (row, is_frozen)
        }))
    }

    /// Lets `owner` deliver for another `length`, or not at all any more.
    pub async fn hold_webhook_endpoint(&mut self, id: Uuid, length: Option<Duration>) -> Result<()> {
        let now = self.now().await?;
        let endpoint = webhook_endpoints::table.find((self.tenant_uuid(), id));
        if let Some(length) = length {
            let held = webhook_endpoints::held_until.eq(now + length);
            diesel::update(endpoint).set(held).execute(self.connection()).await?;
        } else {
            let free = (webhook_endpoints::held_until.eq(now), webhook_endpoints::owner.eq(None::<Uuid>));
            diesel::update(endpoint).set(free).execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Lets nobody deliver to a locked endpoint for `length`.
    pub async fn pause_webhook_endpoint(&mut self, id: Uuid, length: Duration) -> Result<()> {
        let now = self.now().await?;
        let paused =
            (webhook_endpoints::held_until.eq(now + length), webhook_endpoints::owner.eq(None::<Uuid>));
        diesel::update(webhook_endpoints::table.find((self.tenant_uuid(), id)))
            .set(paused)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Sets since when a locked endpoint has accepted nothing.
    pub async fn mark_webhook_endpoint(
        &mut self,
        id: Uuid,
        failing_since: Option<DateTime<Utc>>,
    ) -> Result<()> {
        diesel::update(webhook_endpoints::table.find((self.tenant_uuid(), id)))
            .set(webhook_endpoints::failing_since.eq(failing_since))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Up to `limit` deliveries of an endpoint that are due, not among `known`, and of none of the accounts `busy`.
    pub async fn due_webhooks(
        &mut self,
        endpoint: Uuid,
        (known, busy): (&[i64], &[Uuid]),
        limit: i64,
    ) -> Result<Vec<DueDelivery>> {
        let now = self.now().await?;
        let delivery_query = diesel::sql_query(NEXT_DELIVERIES)
            .bind::<SqlUuid, _>(self.tenant_uuid())
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<BigInt>, _>(known)
            .bind::<Array<SqlUuid>, _>(busy)
            .bind::<BigInt, _>(limit);
        Ok(delivery_query.load(self.connection()).await?)
    }

    /// Writes outcomes down.
    pub async fn write_webhook_outcomes(&mut self, endpoint: Uuid, outcomes: &[Outcome]) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let now = self.now().await?;
        let tenant = self.tenant_uuid();
        diesel::sql_query(WRITE_OUTCOMES)
            .bind::<SqlUuid, _>(tenant)
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<BigInt>, _>(column(outcomes, |one| one.sequence))
            .bind::<Array<Text>, _>(column(outcomes, |one| one.state.as_str()))
            .bind::<Array<Integer>, _>(column(outcomes, |one| i32::from(one.was_tried)))
            .bind::<Array<Timestamptz>, _>(column(outcomes, |one| one.next_at))
            .bind::<Array<Nullable<Integer>>, _>(column(outcomes, |one| one.status.map(i32::from)))
            .bind::<Array<Nullable<Text>>, _>(column(outcomes, |one| one.error))
            .bind::<Array<Nullable<Integer>>, _>(column(outcomes, |one| one.milliseconds))
            .bind::<Array<Nullable<Text>>, _>(column(outcomes, |one| one.answer.clone()))
            .bind::<Array<Timestamptz>, _>(column(outcomes, |one| one.queued_by))
            .execute(self.connection())
            .await?;
        self.move_webhook_followers(endpoint, &followers_of_outcomes(outcomes)).await
    }

    /// Lets what waits behind deliveries, one of each account, wait as the callers say.
    pub async fn move_webhook_followers(&mut self, endpoint: Uuid, moved: &[Followers]) -> Result<()> {
        if moved.is_empty() {
            return Ok(());
        }
        let tenant = self.tenant_uuid();
        let delivery_query = diesel::sql_query(FOLLOWING_DELIVERIES)
            .bind::<SqlUuid, _>(tenant)
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Array<SqlUuid>, _>(column(moved, |one| one.account))
            .bind::<Array<BigInt>, _>(column(moved, |one| one.after))
            .bind::<Array<Timestamptz>, _>(column(moved, |one| one.until))
            .bind::<Array<Bool>, _>(column(moved, |one| one.later))
            .bind::<BigInt, _>(MOVED);
        let found: Vec<Moved> = delivery_query.load(self.connection()).await?;
        if found.is_empty() {
            return Ok(());
        }
        diesel::sql_query(MOVE_DELIVERIES)
            .bind::<SqlUuid, _>(tenant)
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Array<BigInt>, _>(column(&found, |one| one.sequence))
            .bind::<Array<Timestamptz>, _>(column(&found, |one| one.until))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

/// What waits behind the last of each account's outcomes that change something for it.
fn followers_of_outcomes(outcomes: &[Outcome]) -> Vec<Followers> {
    let mut last = BTreeMap::new();
    for one in outcomes {
        let (Some(account), Some(until)) = (one.account, one.followers) else { continue };
        let later = one.state == WebhookDeliveryState::Waiting;
        let moved = Followers { account, after: one.sequence, until, later };
        let known = last.entry(account).or_insert(moved);
        if known.after < moved.after {
            *known = moved;
        }
    }
    last.into_values().collect()
}

fn column<'a, Row, Value>(rows: &'a [Row], value: impl Fn(&'a Row) -> Value) -> Vec<Value> {
    rows.iter().map(value).collect()
}
