//! The events of the last day in one order over all audit logs (table `event_tail`), for those who follow them.
//!
//! `bowline_audit_append` writes the table, in the statement that adds the entry to its log. An event can be read once no
//! transaction that could still add one before it is running, so whoever reads in this order misses nothing.

use bowline_api::EventId;
use chrono::{DateTime, Utc};
use diesel::dsl::{exists, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::audit::AuditRow;
use super::schema::{audit_events, event_tail};
use super::{OperatorTx, WorkerTx};
use crate::domain::Result;

/// Selects what is complete: no running transaction can add anything at or before it.
const COMPLETE_EVENTS: &str = "event_tail.position < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
/// Selects what no transaction of this Postgres can have written.
const FOREIGN_EVENTS: &str = "event_tail.position >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

/// The position of an event in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TailKey {
    /// The transaction from which on it can be read.
    pub position: i64,
    /// Whose log it is in; nil for the service's own.
    pub chain: Uuid,
    /// Its number there.
    pub sequence: i64,
}

impl From<(i64, Uuid, i64)> for TailKey {
    fn from((position, chain, sequence): (i64, Uuid, i64)) -> Self {
        Self { position, chain, sequence }
    }
}

/// An event at its position.
#[derive(Debug, Clone)]
pub struct TailRow {
    /// The position.
    pub key: TailKey,
    /// The entry of the audit log.
    pub entry: AuditRow,
}

const TAIL_KEY: (event_tail::position, event_tail::tenant_id, event_tail::sequence) =
    (event_tail::position, event_tail::tenant_id, event_tail::sequence);

impl OperatorTx {
    /// Up to `limit` events after `after`, or from the first that is kept; oldest first. `None` if `after` is not kept any
    /// more, so nobody knows what followed it.
    pub async fn events_after(&mut self, after: Option<TailKey>, limit: i64) -> Result<Option<Vec<TailRow>>> {
        let entry = audit_events::tenant_id
            .eq(event_tail::tenant_id)
            .and(audit_events::sequence.eq(event_tail::sequence));
        let mut tail_query = event_tail::table
            .inner_join(audit_events::table.on(entry))
            .select((event_tail::position, AuditRow::as_select()))
            .order((event_tail::position, event_tail::tenant_id, event_tail::sequence))
            .limit(limit.saturating_add(1))
            .into_boxed::<Pg>();
        tail_query = match after {
            // The event itself is read as well: it shows that nothing after it has been deleted.
            Some(key) => tail_query.filter(
                sql::<Bool>("(event_tail.position, event_tail.tenant_id, event_tail.sequence) >= (")
                    .bind::<BigInt, _>(key.position)
                    .sql(", ")
                    .bind::<SqlUuid, _>(key.chain)
                    .sql(", ")
                    .bind::<BigInt, _>(key.sequence)
                    .sql(&format!(
                        ") AND ({COMPLETE_EVENTS} OR (event_tail.tenant_id, event_tail.sequence) = ("
                    ))
                    .bind::<SqlUuid, _>(key.chain)
                    .sql(", ")
                    .bind::<BigInt, _>(key.sequence)
                    .sql("))"),
            ),
            None => tail_query.filter(sql::<Bool>(COMPLETE_EVENTS)),
        };
        let rows: Vec<(i64, AuditRow)> = tail_query.load(self.connection()).await?;
        let mut rows = rows.into_iter().map(|(position, entry)| {
            let key = TailKey { position, chain: entry.tenant_id, sequence: entry.sequence };
            TailRow { key, entry }
        });
        if after.is_some() && rows.next().map(|row| row.key) != after {
            return Ok(None);
        }
        Ok(Some(rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()))
    }

    /// The last event that can be read.
    pub async fn last_event(&mut self) -> Result<Option<(TailKey, EventId)>> {
        let tail_query = event_tail::table
            .filter(sql::<Bool>(COMPLETE_EVENTS))
            .order((event_tail::position.desc(), event_tail::tenant_id.desc(), event_tail::sequence.desc()))
            .select((TAIL_KEY, event_tail::id));
        let last: Option<((i64, Uuid, i64), Uuid)> = tail_query.first(self.connection()).await.optional()?;
        Ok(last.map(|(key, id)| (key.into(), id.into())))
    }

    /// Where an event is, if it is kept.
    pub async fn event_position(&mut self, id: EventId) -> Result<Option<TailKey>> {
        let tail_query = event_tail::table.filter(event_tail::id.eq(id.uuid())).select(TAIL_KEY);
        let found: Option<(i64, Uuid, i64)> = tail_query.first(self.connection()).await.optional()?;
        Ok(found.map(Into::into))
    }
}

impl WorkerTx {
    /// Deletes up to `limit` of the oldest events, those from before `before`, and returns their number. The last of all
    /// events is kept, so that whoever has read it can go on from there.
    pub async fn delete_old_events(&mut self, before: DateTime<Utc>, limit: i64) -> Result<usize> {
        let oldest = event_tail::table
            .order((event_tail::position, event_tail::tenant_id, event_tail::sequence))
            .limit(limit.saturating_add(1))
            .select((TAIL_KEY, event_tail::at));
        let oldest: Vec<((i64, Uuid, i64), DateTime<Utc>)> = oldest.load(self.connection()).await?;
        let Some(end) = oldest.iter().position(|(_, at)| *at >= before).or(oldest.len().checked_sub(1))
        else {
            return Ok(0);
        };
        let keep: TailKey = oldest[end].0.into();
        let old = sql::<Bool>("(event_tail.position, event_tail.tenant_id, event_tail.sequence) < (");
        let old = old.bind::<BigInt, _>(keep.position).sql(", ").bind::<SqlUuid, _>(keep.chain).sql(", ");
        let old = old.bind::<BigInt, _>(keep.sequence).sql(")");
        Ok(diesel::delete(event_tail::table).filter(old).execute(self.connection()).await?)
    }

    /// Deletes all events if one of them cannot be of this Postgres: the database was copied from another one, whose
    /// transactions have other numbers. Returns whether it was.
    pub async fn delete_foreign_events(&mut self) -> Result<bool> {
        let foreign = diesel::select(exists(event_tail::table.filter(sql::<Bool>(FOREIGN_EVENTS))));
        let is_foreign: bool = foreign.get_result(self.connection()).await?;
        if is_foreign {
            diesel::delete(event_tail::table).execute(self.connection()).await?;
        }
        Ok(is_foreign)
    }
}
