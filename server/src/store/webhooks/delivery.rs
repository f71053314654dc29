//! A delivery, as it is queued and as it waits.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::store::schema::webhook_deliveries;

/// A delivery: an event on its way to an endpoint.
#[derive(Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub(super) struct NewDelivery {
    pub(super) tenant_id: Uuid,
    pub(super) endpoint_id: Uuid,
    pub(super) sequence: i64,
    pub(super) account_id: Option<Uuid>,
    pub(super) state: &'static str,
    pub(super) queued_at: DateTime<Utc>,
    pub(super) next_at: DateTime<Utc>,
}

/// Selects what is to be delivered. The indexes of waiting deliveries have this condition, so it must not be a parameter.
pub(super) fn is_waiting() -> SqlLiteral<Bool> {
    sql("webhook_deliveries.state = 'waiting'")
}

/// Queues deliveries. One that there is already is queued as if it were new.
pub(super) async fn put(connection: &mut AsyncPgConnection, deliveries: Vec<NewDelivery>) -> QueryResult<()> {
    let key = (webhook_deliveries::tenant_id, webhook_deliveries::endpoint_id, webhook_deliveries::sequence);
    diesel::insert_into(webhook_deliveries::table)
        .values(deliveries)
        .on_conflict(key)
        .do_update()
        .set((
            webhook_deliveries::account_id.eq(excluded(webhook_deliveries::account_id)),
            webhook_deliveries::state.eq(excluded(webhook_deliveries::state)),
            webhook_deliveries::queued_at.eq(excluded(webhook_deliveries::queued_at)),
            webhook_deliveries::next_at.eq(excluded(webhook_deliveries::next_at)),
            webhook_deliveries::attempts.eq(0),
        ))
        .execute(connection)
        .await
        .map(drop)
}
