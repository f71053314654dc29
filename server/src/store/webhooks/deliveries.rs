//! What became of events at endpoints: the log that a tenant sees, and sending again.

use bowline_api::AnyOf;
use bowline_api::status::WebhookDeliveryState;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::delivery::{self, NewDelivery, is_waiting};
use super::route::{filters, receivers};
use super::sender::MOVED;
use crate::domain::Result;
use crate::domain::told::Subject;
use crate::store::schema::{webhook_deliveries, webhook_events};
use crate::store::{Stored, TenantTx};

/// A row with its event.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns")]
pub struct DeliveryRow {
    pub sequence: i64,
    pub event: Uuid,
    pub kind: String,
    pub at: DateTime<Utc>,
    pub state: Stored<WebhookDeliveryState>,
    pub next_at: DateTime<Utc>,
    pub attempts: i32,
    pub attempted_at: Option<DateTime<Utc>>,
    pub status: Option<i32>,
    pub error: Option<String>,
    pub milliseconds: Option<i32>,
    pub answer: Option<String>,
}

/// Which deliveries of an endpoint to list.
#[derive(Debug)]
pub struct DeliveryFilter<'a> {
    /// Only deliveries in any of these states.
    pub state: Option<&'a AnyOf<WebhookDeliveryState>>,
    /// Only those beyond this number: older ones, or if the flag is true, newer ones (oldest first).
    pub from: Option<(i64, bool)>,
    /// The maximum number of deliveries.
    pub limit: i64,
}

/// An event that may be sent again.
#[derive(Debug, Clone, Queryable)]
pub struct PastEvent {
    /// Its number.
    pub sequence: i64,
    /// Its type.
    pub kind: String,
    /// Its connector.
    pub connector: Option<Uuid>,
    /// Its account.
    pub account: Option<Uuid>,
    /// What became of it at the endpoint, if it was to be delivered there.
    pub state: Option<Stored<WebhookDeliveryState>>,
}

/// Selects the tenant's events, each with what became of it at an endpoint.
macro_rules! past_events {
    ($tenant:expr, $endpoint:expr) => {{
        let delivery = webhook_deliveries::tenant_id
            .eq(webhook_events::tenant_id)
            .and(webhook_deliveries::sequence.eq(webhook_events::sequence))
            .and(webhook_deliveries::endpoint_id.eq($endpoint));
        webhook_events::table
            .left_join(webhook_deliveries::table.on(delivery))
            .filter(webhook_events::tenant_id.eq($tenant))
            .select((
                webhook_events::sequence,
                webhook_events::kind,
                webhook_events::connector_id,
                webhook_events::account_id,
                webhook_deliveries::state.nullable(),
            ))
    }};
}

impl TenantTx {
    /// One page of an endpoint's deliveries, newest event first.
    pub async fn webhook_deliveries(
        &mut self,
        endpoint: Uuid,
        wanted: &DeliveryFilter<'_>,
    ) -> Result<Vec<DeliveryRow>> {
        let tenant = self.tenant_uuid();
        let event = webhook_events::tenant_id
            .eq(webhook_deliveries::tenant_id)
            .and(webhook_events::sequence.eq(webhook_deliveries::sequence));
        let mut delivery_query = webhook_deliveries::table
            .inner_join(webhook_events::table.on(event))
            .filter(webhook_deliveries::tenant_id.eq(tenant).and(webhook_events::tenant_id.eq(tenant)))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .limit(wanted.limit)
            .select((
                webhook_deliveries::sequence,
                webhook_events::id,
                webhook_events::kind,
                webhook_events::at,
                webhook_deliveries::state,
                webhook_deliveries::next_at,
                webhook_deliveries::attempts,
                webhook_deliveries::attempted_at,
                webhook_deliveries::status,
                webhook_deliveries::error,
                webhook_deliveries::milliseconds,
                webhook_deliveries::answer,
            ))
            .into_boxed();
        if let Some(any) = wanted.state {
            let names: Vec<&str> = any.values().iter().map(|state| state.as_str()).collect();
            delivery_query = delivery_query.filter(webhook_deliveries::state.eq_any(names));
        }
        delivery_query = match wanted.from {
            Some((sequence, true)) => delivery_query
                .filter(webhook_deliveries::sequence.gt(sequence))
                .order(webhook_deliveries::sequence.asc()),
            Some((sequence, false)) => delivery_query
                .filter(webhook_deliveries::sequence.lt(sequence))
                .order(webhook_deliveries::sequence.desc()),
            None => delivery_query.order(webhook_deliveries::sequence.desc()),
        };
        Ok(delivery_query.load(self.connection()).await?)
    }

    /// The event with this id, and what became of it at the endpoint.
    pub async fn past_webhook_event(&mut self, endpoint: Uuid, id: Uuid) -> Result<Option<PastEvent>> {
        let delivery_query = past_events!(self.tenant_uuid(), endpoint).filter(webhook_events::id.eq(id));
        Ok(delivery_query.first(self.connection()).await.optional()?)
    }

    /// Up to `limit` events since `since`, after the number `after`, oldest first.
    pub async fn past_webhook_events(
        &mut self,
        endpoint: Uuid,
        since: DateTime<Utc>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<PastEvent>> {
        let delivery_query = past_events!(self.tenant_uuid(), endpoint)
            .filter(webhook_events::at.ge(since).and(webhook_events::sequence.gt(after)))
            .order(webhook_events::sequence)
            .limit(limit);
        Ok(delivery_query.load(self.connection()).await?)
    }

    /// Whether the endpoint would get each of these events now.
    pub async fn webhook_is_for(&mut self, endpoint: Uuid, events: &[PastEvent]) -> Result<Vec<bool>> {
        let tenant = self.tenant_uuid();
        let endpoints = filters(self.connection(), tenant).await?;
        // What an event was about does not matter, unless it was a test.
        let subject = Subject::Account(Uuid::nil().into());
        let is_for = |event: &PastEvent| {
            receivers(&endpoints, &event.kind, event.connector, subject).contains(&endpoint)
        };
        Ok(events.iter().map(is_for).collect())
    }

    /// Queues events for an endpoint as if they had just happened. What waits already is tried at once, and then what is behind it.
    pub async fn queue_webhooks_again(&mut self, endpoint: Uuid, events: &[PastEvent]) -> Result<()> {
        let (tenant_id, now) = (self.tenant_uuid(), self.now().await?);
        let new = |event: &PastEvent| NewDelivery {
            tenant_id,
            endpoint_id: endpoint,
            sequence: event.sequence,
            account_id: event.account,
            state: WebhookDeliveryState::Waiting.as_str(),
            queued_at: now,
            next_at: now,
        };
        delivery::put(self.connection(), events.iter().map(new).collect()).await?;
        self.has_queued = true;
        Ok(())
    }

    /// Lets what waits for an endpoint be tried at once. False if more may wait than one statement changes: then the caller commits and calls again.
    pub async fn hurry_webhooks(&mut self, endpoint: Uuid) -> Result<bool> {
        let (tenant, now) = (self.tenant_uuid(), self.now().await?);
        let of_endpoint =
            || webhook_deliveries::tenant_id.eq(tenant).and(webhook_deliveries::endpoint_id.eq(endpoint));
        let later = webhook_deliveries::table
            .filter(of_endpoint().and(webhook_deliveries::next_at.gt(now)))
            .filter(is_waiting())
            .order((webhook_deliveries::next_at, webhook_deliveries::sequence))
            .limit(MOVED)
            .select(webhook_deliveries::sequence);
        let later: Vec<i64> = later.load(self.connection()).await?;
        diesel::update(webhook_deliveries::table)
            .filter(of_endpoint().and(webhook_deliveries::sequence.eq_any(&later)))
            .filter(is_waiting())
            .set(webhook_deliveries::next_at.eq(now))
            .execute(self.connection())
            .await?;
        self.has_queued = true;
        Ok(i64::try_from(later.len()).is_ok_and(|count| count < MOVED))
    }
}
