//! Lists of audit events by actor, action, subject and time, of one log or of all.
//!
//! They are in the order of time, because the entries of several logs have no other. The time of an entry is that of its
//! transaction, so entries of one log may differ from the order in which they were added by as much as a transaction
//! takes. Every filter has an index that ends with the time.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AuditRow;
use crate::domain::audit_filter::{AuditActor, AuditFilter, AuditLog};
use crate::domain::{Code, Error, Result};
use crate::store::OperatorTx;
use crate::store::pg::error::ran_out_of_time;
use crate::store::schema::{audit_events, audit_heads};

const AUDIT_SEARCH_TOO_BROAD: &str = "the search took too long; look in one tenant, for one action or actor, or in a shorter time (since, until)";

/// The position of an event in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditKey {
    /// When it was.
    pub at: DateTime<Utc>,
    /// Whose log it is in.
    pub chain: Uuid,
    /// Its number there.
    pub sequence: i64,
}

impl AuditKey {
    /// The position of `entry_row` in the audit log.
    pub const fn of(entry_row: &AuditRow) -> Self {
        Self { at: entry_row.at, chain: entry_row.tenant_id, sequence: entry_row.sequence }
    }
}

type AuditEventsQuery = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<audit_events::table, diesel::helper_types::AsSelect<AuditRow, Pg>>,
    Pg,
>;

impl OperatorTx {
    /// Up to `limit` events that match, older than `from`, newest first; with `backwards` the newer ones, oldest first.
    ///
    /// # Errors
    /// `search_too_broad`.
    pub async fn filtered_audit_events(
        &mut self,
        filter: &AuditFilter,
        from: Option<AuditKey>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let mut event_query = matching_events(filter);
        if let Some(key) = from {
            let beyond = if backwards { ">" } else { "<" };
            event_query = event_query.filter(
                sql::<Bool>(&format!("(at, tenant_id, sequence) {beyond} ("))
                    .bind::<Timestamptz, _>(key.at)
                    .sql(", ")
                    .bind::<SqlUuid, _>(key.chain)
                    .sql(", ")
                    .bind::<BigInt, _>(key.sequence)
                    .sql(")"),
            );
        }
        event_query = if backwards {
            event_query.order((
                audit_events::at.asc(),
                audit_events::tenant_id.asc(),
                audit_events::sequence.asc(),
            ))
        } else {
            event_query.order((
                audit_events::at.desc(),
                audit_events::tenant_id.desc(),
                audit_events::sequence.desc(),
            ))
        };
        let rows: Result<Vec<AuditRow>> =
            event_query.limit(limit).load(self.connection()).await.map_err(Error::from);
        rows.map_err(|error| {
            if ran_out_of_time(&error) {
                Code::SearchTooBroad.because(AUDIT_SEARCH_TOO_BROAD).into()
            } else {
                error
            }
        })
    }
}

fn matching_events(filter: &AuditFilter) -> AuditEventsQuery {
    let mut event_query = audit_events::table.select(AuditRow::as_select()).into_boxed::<Pg>();
    match &filter.log {
        AuditLog::Chain(chain) => event_query = event_query.filter(audit_events::tenant_id.eq(*chain)),
        AuditLog::Tenants(tenants) => {
            event_query = event_query.filter(audit_events::tenant_id.eq_any(tenants.clone()));
        }
        AuditLog::All => {}
    }
    match &filter.actor {
        Some(AuditActor::Id(id)) => event_query = event_query.filter(audit_events::actor_id.eq(id.clone())),
        Some(AuditActor::Kind(kind)) => {
            event_query = event_query.filter(audit_events::actor_kind.eq(kind.clone()));
        }
        None => {}
    }
    match filter.actions.as_slice() {
        [] => {}
        [action] => event_query = event_query.filter(audit_events::action.eq(*action)),
        actions => event_query = event_query.filter(audit_events::action.eq_any(actions.to_vec())),
    }
    if let Some(subject) = &filter.subject {
        event_query = event_query.filter(audit_events::subject.eq(subject.clone()));
        if filter.log == AuditLog::All {
            // The index on subjects begins with the log, so it is asked once for each.
            let logs = audit_heads::table.select(audit_heads::tenant_id);
            event_query = event_query.filter(audit_events::tenant_id.eq_any(logs));
        }
    }
    if let Some(since) = filter.since {
        event_query = event_query.filter(audit_events::at.ge(since));
    }
    if let Some(until) = filter.until {
        event_query = event_query.filter(audit_events::at.lt(until));
    }
    event_query
}
