//! A tenant's events in the order in which they became visible, for those who follow them.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::{tenants, webhook_events};

/// An event of the outbox.
#[derive(Debug, Clone, Queryable)]
pub struct ToldEvent {
    /// Its number. The tenant's other events have others, and what has a lower one became visible before.
    pub sequence: i64,
    /// Its id.
    pub id: Uuid,
    /// The body of the event's message.
    pub payload: String,
}

impl TenantTx {
    /// Up to `limit` events after the number `after`, oldest first; none while the tenant is frozen.
    pub async fn webhook_events_after(&mut self, after: i64, limit: i64) -> Result<Vec<ToldEvent>> {
        let tenant = self.tenant_uuid();
        let frozen = tenants::table.filter(tenants::id.eq(tenant)).filter(tenants::frozen_at.is_not_null());
        let event_query = webhook_events::table
            .filter(webhook_events::tenant_id.eq(tenant))
            .filter(webhook_events::sequence.gt(after))
            .filter(not(exists(frozen)))
            .order(webhook_events::sequence)
            .limit(limit)
            .select((webhook_events::sequence, webhook_events::id, webhook_events::payload));
        Ok(event_query.load(self.connection()).await?)
    }

    /// The number of an event, if it is kept.
    pub async fn webhook_event_number(&mut self, id: Uuid) -> Result<Option<i64>> {
        let event_query = webhook_events::table
            .filter(webhook_events::tenant_id.eq(self.tenant_uuid()).and(webhook_events::id.eq(id)))
            .select(webhook_events::sequence);
        Ok(event_query.first(self.connection()).await.optional()?)
    }

    /// Number and id of the last event.
    pub async fn last_webhook_event(&mut self) -> Result<Option<(i64, Uuid)>> {
        let event_query = webhook_events::table
            .filter(webhook_events::tenant_id.eq(self.tenant_uuid()))
            .order(webhook_events::sequence.desc())
            .select((webhook_events::sequence, webhook_events::id));
        Ok(event_query.first(self.connection()).await.optional()?)
    }
}
