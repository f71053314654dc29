//! What a sender reads and writes between attempts, under its lease on the endpoint.

use std::time::Duration;

use bowline_api::status::WebhookDeliveryState;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::endpoints::EndpointRow;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::webhook_endpoints;

/// Deliveries that are due, each with the last one of its account that waits before it. Those in `$4`, and of the accounts in `$5`, are not read.
/// They come in the order in which they are due.
const NEXT: &str = "SELECT d.sequence, d.account_id, d.attempts, d.queued_at, e.id AS event, e.at, e.payload,
        (SELECT max(b.sequence) FROM webhook_deliveries b
         WHERE b.tenant_id = d.tenant_id AND b.account_id = d.account_id AND b.endpoint_id = d.endpoint_id
           AND b.state = 'waiting' AND b.sequence < d.sequence) AS behind,
        (SELECT b.next_at FROM webhook_deliveries b
         WHERE b.tenant_id = d.tenant_id AND b.account_id = d.account_id AND b.endpoint_id = d.endpoint_id
           AND b.state = 'waiting' AND b.sequence < d.sequence ORDER BY b.sequence DESC LIMIT 1) AS behind_until
    FROM webhook_deliveries d
    JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.sequence = d.sequence
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.state = 'waiting' AND d.next_at <= $3 AND d.sequence <> ALL($4)
      AND (d.account_id IS NULL OR d.account_id <> ALL($5))
    ORDER BY d.next_at, d.sequence LIMIT $6";

/// Writes outcomes down. What was not tried keeps what is known about its last attempt.
const OUTCOMES: &str = "UPDATE webhook_deliveries d
    SET state = o.state, attempts = d.attempts + o.tried, next_at = o.next_at, error = o.error,
        attempted_at = CASE WHEN o.tried > 0 THEN $3 ELSE d.attempted_at END,
        status = CASE WHEN o.tried > 0 THEN o.status ELSE d.status END,
        milliseconds = CASE WHEN o.tried > 0 THEN o.milliseconds ELSE d.milliseconds END,
        answer = CASE WHEN o.tried > 0 THEN o.answer ELSE d.answer END
    FROM unnest($4::bigint[], $5::text[], $6::integer[], $7::timestamptz[], $8::integer[], $9::text[], $10::integer[], $11::text[])
        AS o (sequence, state, tried, next_at, status, error, milliseconds, answer)
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.sequence = o.sequence AND d.state = 'waiting'";

/// Lets what waits behind a delivery of the same account wait until the same time.
const FOLLOWERS: &str = "UPDATE webhook_deliveries d SET next_at = o.next_at
    FROM unnest($3::uuid[], $4::bigint[], $5::timestamptz[]) AS o (account_id, sequence, next_at)
    WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.account_id = o.account_id AND d.sequence > o.sequence
      AND d.state = 'waiting'";

/// Lets deliveries wait.
const DEFER: &str = "UPDATE webhook_deliveries d SET next_at = o.next_at
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
    /// Until when that one waits.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub behind_until: Option<DateTime<Utc>>,
}

/// What is written down about a delivery.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its number.
    pub sequence: i64,
    /// Its account.
    pub account: Option<Uuid>,
    /// Whether it waits on.
    pub state: WebhookDeliveryState,
    /// Whether this was an attempt.
    pub was_tried: bool,
    /// When it is tried again.
    pub next_at: DateTime<Utc>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub error: Option<&'static str>,
    /// How long the attempt took.
    pub milliseconds: Option<i32>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// Until when what waits behind it is to wait, if that changes.
    pub followers: Option<DateTime<Utc>>,
}

impl TenantTx {
    /// The endpoint, locked, if `owner` still delivers to it.
    pub async fn held_webhook_endpoint(&mut self, id: Uuid, owner: Uuid) -> Result<Option<EndpointRow>> {
        let query = webhook_endpoints::table
            .find((self.tenant_uuid(), id))
            .filter(webhook_endpoints::owner.eq(owner))
            .select((EndpointRow::as_select(), diesel::dsl::now.into_sql::<Timestamptz>()))
            .for_no_key_update();
        let held: Option<(EndpointRow, DateTime<Utc>)> = query.first(self.connection()).await.optional()?;
        Ok(held.map(|(row, now)| {
            self.now = Some(now);
            row
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
        let query = diesel::sql_query(NEXT)
            .bind::<SqlUuid, _>(self.tenant_uuid())
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<BigInt>, _>(known)
            .bind::<Array<SqlUuid>, _>(busy)
            .bind::<BigInt, _>(limit);
        Ok(query.load(self.connection()).await?)
    }

    /// Lets deliveries that are due wait until the given times.
    pub async fn defer_webhooks(&mut self, endpoint: Uuid, until: &[(i64, DateTime<Utc>)]) -> Result<()> {
        if until.is_empty() {
            return Ok(());
        }
        diesel::sql_query(DEFER)
            .bind::<SqlUuid, _>(self.tenant_uuid())
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Array<BigInt>, _>(column(until, |one| one.0))
            .bind::<Array<Timestamptz>, _>(column(until, |one| one.1))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes outcomes down.
    pub async fn write_webhook_outcomes(&mut self, endpoint: Uuid, outcomes: &[Outcome]) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let now = self.now().await?;
        let tenant = self.tenant_uuid();
        diesel::sql_query(OUTCOMES)
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
            .execute(self.connection())
            .await?;
        let moved: Vec<(Uuid, i64, DateTime<Utc>)> =
            outcomes.iter().filter_map(|one| Some((one.account?, one.sequence, one.followers?))).collect();
        self.move_webhook_followers(endpoint, &moved).await
    }

    /// Lets what waits behind deliveries, each with its account, wait until the given times.
    pub(super) async fn move_webhook_followers(
        &mut self,
        endpoint: Uuid,
        moved: &[(Uuid, i64, DateTime<Utc>)],
    ) -> Result<()> {
        if moved.is_empty() {
            return Ok(());
        }
        diesel::sql_query(FOLLOWERS)
            .bind::<SqlUuid, _>(self.tenant_uuid())
            .bind::<SqlUuid, _>(endpoint)
            .bind::<Array<SqlUuid>, _>(column(moved, |one| one.0))
            .bind::<Array<BigInt>, _>(column(moved, |one| one.1))
            .bind::<Array<Timestamptz>, _>(column(moved, |one| one.2))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

fn column<'a, Row, Value>(rows: &'a [Row], value: impl Fn(&'a Row) -> Value) -> Vec<Value> {
    rows.iter().map(value).collect()
}
