//! The append-only log, a hash chain for each tenant and one for the service itself.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Tx;
use super::schema::{audit_events, audit_heads};
use crate::domain::{About, Error, Result, entropy};

/// The previous hash of the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// A row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct AuditRow {
    pub tenant_id: Uuid,
    pub sequence: i64,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: Option<String>,
    pub detail: Value,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// What is written, before it has its place in the chain.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewEvent {
    pub id: Uuid,
    pub actor_kind: &'static str,
    pub actor_id: Option<String>,
    pub actor_name: Option<String>,
    pub action: &'static str,
    pub subject: Option<String>,
    pub detail: Map<String, Value>,
}

impl NewEvent {
    /// The service found something stored that was moved, edited, deleted or put back.
    pub fn of_tampering(what: &'static str, about: About) -> Self {
        let detail = Map::from_iter([("sealed".to_owned(), Value::from(what))]);
        Self {
            id: entropy::id::<bowline_api::id::Event>().uuid(),
            actor_kind: "system",
            actor_id: None,
            actor_name: None,
            action: about.action(),
            subject: about.subject(),
            detail,
        }
    }
}

impl AuditRow {
    /// What the entry's hash must be: of the hash before it and of every other column.
    ///
    /// # Errors
    /// Never in practice: the columns are all representable in JSON.
    pub fn expected_hash(&self) -> Result<Vec<u8>> {
        // One JSON array in which maps are sorted by key, so that what comes back from `jsonb` hashes as what went in.
        let columns = serde_json::to_vec(&(
            (&self.tenant_id, self.sequence, &self.id, self.at.timestamp_micros()),
            (&self.actor_kind, &self.actor_id, &self.actor_name),
            (&self.action, &self.subject, &self.detail),
        ))
        .map_err(|source| Error::internal("an audit event is not representable", source))?;
        Ok(Sha256::new().chain_update(&self.previous_hash).chain_update(columns).finalize().to_vec())
    }
}

impl<Scope> Tx<Scope> {
    /// Adds `event` to this transaction's chain; whoever else adds to it waits until this transaction ends.
    ///
    /// # Errors
    /// Those of any statement: what cannot be recorded is not done.
    pub async fn record(&mut self, event: NewEvent) -> Result<()> {
        let chain = self.chain();
        let at = self.now().await?;
        diesel::insert_into(audit_heads::table)
            .values((
                audit_heads::tenant_id.eq(chain),
                audit_heads::sequence.eq(0),
                audit_heads::hash.eq(GENESIS.as_slice()),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        let (last, previous_hash): (i64, Vec<u8>) = audit_heads::table
            .find(chain)
            .select((audit_heads::sequence, audit_heads::hash))
            .for_update()
            .first(self.connection())
            .await?;
        let mut row = AuditRow {
            tenant_id: chain,
            sequence: last + 1,
            id: event.id,
            at,
            actor_kind: event.actor_kind.to_owned(),
            actor_id: event.actor_id,
            actor_name: event.actor_name,
            action: event.action.to_owned(),
            subject: event.subject,
            detail: Value::Object(event.detail),
            previous_hash,
            hash: Vec::new(),
        };
        row.hash = row.expected_hash()?;
        diesel::insert_into(audit_events::table).values(&row).execute(self.connection()).await?;
        diesel::update(audit_heads::table.find(chain))
            .set((audit_heads::sequence.eq(row.sequence), audit_heads::hash.eq(&row.hash)))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
