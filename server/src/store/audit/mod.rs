//! The append-only log: a chain for each tenant and one for the service itself, signed with a key that the database
//! does not have.

pub mod filtered;
pub mod lists;
pub mod looks;

use bowline_vault::{AuditKeys, Signed, VaultError};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryFutureExt as _;
use futures_util::future::{try_join, try_join3};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::pg::chain::Head;
use super::pg::sql::bytea;
use super::schema::audit_events;
use super::webhooks::{AuditEntry, Outgoing};
use super::{Tx, violated};
use crate::domain::{About, Actor, Error, Event, Result, entropy};
use crate::metrics;

/// The previous hash of the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// Raised by the database if the head of a chain and its entries disagree, or if an entry is not the next one.
const CHAIN_WHOLE_CONSTRAINT: &str = "audit_chain_whole";

diesel::define_sql_function! {
    /// Locks the head of a chain until the transaction ends, and returns its length and the hash of its last entry.
    fn bowline_audit_head(chain: SqlUuid) -> Record<(BigInt, Binary)>;
}
diesel::define_sql_function! {
    /// Adds the next entry to a chain. It returns `void`, a type that Diesel lacks; the value is never read.
    #[expect(clippy::too_many_arguments, reason = "the columns of an entry")]
    fn bowline_audit_append(
        chain: SqlUuid, sequence: BigInt, id: SqlUuid, at: Timestamptz, actor_kind: Text, actor_id: Nullable<Text>,
        actor_name: Nullable<Text>, action: Text, subject: Nullable<Text>, detail: Jsonb, previous_hash: Binary,
        hash: Binary, key_version: Nullable<Integer>,
    ) -> Bool;
}

/// A row.
#[derive(Debug, Clone, Queryable, Selectable)]
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
    pub key_version: Option<i32>,
}

/// Whether an entry of the audit log is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStanding {
    /// Signed, with a valid signature.
    Signed,
    /// Written before entries were signed. Its hash is valid, which proves nothing by itself.
    Unsigned,
    /// The entry was edited: its signature or hash is invalid.
    Edited,
    /// The key ring lacks the key that it claims to be signed with.
    UnknownKey,
}

impl AuditRow {
    /// Every column except the two hashes and the key, as one JSON array in which maps are sorted by key, so that a
    /// value read back from `jsonb` equals the one written.
    fn signed_columns(&self) -> impl serde::Serialize {
        (
            (&self.tenant_id, self.sequence, &self.id, self.at.timestamp_micros()),
            (&self.actor_kind, &self.actor_id, &self.actor_name),
            (&self.action, &self.subject, &self.detail),
        )
    }

    fn signed_text(&self, key_version: u32) -> Result<Vec<u8>> {
        serde_json::to_vec(&(key_version, &self.previous_hash, self.signed_columns()))
            .map_err(unrepresentable)
    }

    /// The signed entry that follows the end of a chain.
    ///
    /// # Errors
    /// Only if it is not representable.
    pub(super) fn after(
        head: &Head,
        chain: Uuid,
        at: DateTime<Utc>,
        actor: &Actor,
        event: Event<'_>,
        keys: &AuditKeys,
    ) -> Result<Self> {
        let mut row = Self {
            tenant_id: chain,
            sequence: head.sequence + 1,
            id: entropy::id::<bowline_api::id::Event>().uuid(),
            at,
            actor_kind: actor.kind().to_owned(),
            actor_id: actor.id(),
            actor_name: actor.name().map(str::to_owned),
            action: event.action().to_owned(),
            subject: event.subject(),
            detail: Value::Object(event.detail()),
            previous_hash: head.hash.clone(),
            hash: Vec::new(),
            key_version: None,
        };
        row.sign(keys)?;
        Ok(row)
    }

    /// The end of the chain, once this entry is its last.
    pub(super) fn end(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash.clone() }
    }

    /// The row in the form of `jsonb_populate_record`.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "tenant_id": self.tenant_id,
            "sequence": self.sequence,
            "id": self.id,
            "at": self.at,
            "actor_kind": self.actor_kind,
            "actor_id": self.actor_id,
            "actor_name": self.actor_name,
            "action": self.action,
            "subject": self.subject,
            "detail": self.detail,
            "previous_hash": bytea(&self.previous_hash),
            "hash": bytea(&self.hash),
            "key_version": self.key_version,
        })
    }

    /// Signs the entry with the active key.
    fn sign(&mut self, keys: &AuditKeys) -> Result<()> {
        let version = keys.active();
        self.key_version = Some(
            i32::try_from(version).map_err(|source| Error::internal("a key version is too large", source))?,
        );
        let signature = keys.sign(version, Signed::Entry, &self.signed_text(version)?);
        self.hash = signature.map_err(|source| Error::internal("signing an audit event", source))?.to_vec();
        Ok(())
    }

    /// Whether the entry is as it was written, after the entry that it references.
    ///
    /// # Errors
    /// Never in practice: all columns can be represented in JSON.
    pub fn standing(&self, keys: &AuditKeys) -> Result<EntryStanding> {
        let Some(version) = self.key_version else {
            return self.unsigned_standing();
        };
        let Ok(version) = u32::try_from(version) else {
            return Ok(EntryStanding::UnknownKey);
        };
        let verified = keys.verify(version, Signed::Entry, &self.signed_text(version)?, &self.hash);
        Ok(match verified {
            Ok(()) => EntryStanding::Signed,
            Err(VaultError::UnknownKek(_)) => EntryStanding::UnknownKey,
            Err(_) => EntryStanding::Edited,
        })
    }

    fn unsigned_standing(&self) -> Result<EntryStanding> {
        let columns = serde_json::to_vec(&self.signed_columns()).map_err(unrepresentable)?;
        let hash = Sha256::new().chain_update(&self.previous_hash).chain_update(columns).finalize();
        let is_right = bool::from(hash.as_slice().ct_eq(self.hash.as_slice()));
        Ok(if is_right { EntryStanding::Unsigned } else { EntryStanding::Edited })
    }
}

fn unrepresentable(source: serde_json::Error) -> Error {
    Error::internal("an audit event is not representable", source)
}

impl<Scope> Tx<Scope> {
    /// Adds `event`, which `actor` caused, to this transaction's chain. Other transactions that add to the chain wait
    /// until this one ends.
    ///
    /// # Errors
    /// If it fails, the action must not be performed. `integrity_error` if the chain was tampered with: the alarm is
    /// raised, the transaction is rolled back, and the service's own chain records why.
    pub async fn record(&mut self, actor: &Actor, event: Event<'_>) -> Result<()> {
        let recorded = self.append(actor, event).await;
        self.end_if_broken(recorded).await
    }

    /// Like [`record`](Self::record), and runs the statement of `write` in the same round trip.
    pub(super) async fn write_and_record(
        &mut self,
        write: impl AsyncFnOnce(&AsyncPgConnection) -> QueryResult<()>,
        actor: &Actor,
        event: Event<'_>,
    ) -> Result<()> {
        let written = self.write_and_append(write, actor, event).await;
        self.end_if_broken(written).await
    }

    /// Runs the statement of `read`, and locks the head of the chain in the same round trip, for an entry that is added
    /// later.
    pub(super) async fn read_and_lock_head<T>(
        &mut self,
        read: impl AsyncFnOnce(&AsyncPgConnection) -> QueryResult<T>,
    ) -> Result<T> {
        let chain = self.chain();
        let shared: &AsyncPgConnection = self.connection();
        let both = try_join(read(shared).map_err(Error::from), locked_head(shared, chain)).await;
        let both = both.map(|(value, (head, now))| {
            (self.head, self.now) = (Some(head), Some(now));
            value
        });
        self.end_if_broken(both).await
    }

    /// Ends the transaction if its chain was tampered with.
    async fn end_if_broken<T>(&mut self, outcome: Result<T>) -> Result<T> {
        if let Err(Error::Integrity { what, about }) = outcome {
            self.roll_back().await;
            // Boxed, because the many successful calls should not reserve space for it.
            Box::pin(self.note(what, about)).await;
        }
        outcome
    }

    /// Locks the head of this transaction's chain until the transaction ends, if head and entries agree.
    pub(super) async fn lock_head(&mut self) -> Result<Head> {
        if let Some(head) = self.head.clone() {
            return Ok(head);
        }
        let chain = self.chain();
        let (head, now) = locked_head(self.connection(), chain).await?;
        (self.head, self.now) = (Some(head.clone()), Some(now));
        Ok(head)
    }

    /// [`record`](Self::record) without recording its failure.
    pub(super) async fn append(&mut self, actor: &Actor, event: Event<'_>) -> Result<()> {
        self.write_and_append(async |_| Ok(()), actor, event).await
    }

    async fn write_and_append(
        &mut self,
        write: impl AsyncFnOnce(&AsyncPgConnection) -> QueryResult<()>,
        actor: &Actor,
        event: Event<'_>,
    ) -> Result<()> {
        if !event.is_logged() {
            return Err(Error::bug("an event that only webhooks tell was to be recorded in the audit log"));
        }
        let row = self.next_entry(actor, event).await?;
        // Boxed, because most events are not told and should not reserve space for it.
        let outgoing = match event.told() {
            Some(told) => {
                let entry = AuditEntry { id: row.id, at: row.at };
                Box::pin(self.outgoing(&told, entry)).await?
            }
            None => None,
        };
        let (chain, next) = (row.tenant_id, row.end());
        let shared: &AsyncPgConnection = self.connection();
        let append = diesel::select(bowline_audit_append(
            row.tenant_id,
            row.sequence,
            row.id,
            row.at,
            row.actor_kind,
            row.actor_id,
            row.actor_name,
            row.action,
            row.subject,
            row.detail,
            row.previous_hash,
            row.hash,
            row.key_version,
        ));
        let append = append.execute(&mut &*shared).map_err(|error| broken_chain(chain, error));
        let told = Outgoing::insert(outgoing.as_ref(), shared).map_err(Error::from);
        try_join3(write(shared).map_err(Error::from), append, told).await?;
        self.head = Some(next);
        match outgoing {
            Some(outgoing) => Box::pin(self.deliver(outgoing)).await,
            None => Ok(()),
        }
    }

    /// The signed entry that comes next in the chain, whose head is locked.
    async fn next_entry(&mut self, actor: &Actor, event: Event<'_>) -> Result<AuditRow> {
        let head = self.lock_head().await?;
        let at = self.now().await?;
        AuditRow::after(&head, self.chain(), at, actor, event, self.audit_keys())
    }
}

/// Locks the head of a chain, and returns it with the time when the transaction began.
async fn locked_head(mut connection: &AsyncPgConnection, chain: Uuid) -> Result<(Head, DateTime<Utc>)> {
    let head = diesel::select((bowline_audit_head(chain), diesel::dsl::now.into_sql::<Timestamptz>()));
    let head = head.get_result(&mut connection).await;
    let ((sequence, hash), at) = head.map_err(|error| broken_chain(chain, error))?;
    Ok((Head { sequence, hash }, at))
}

/// The meaning of a failure to add to a chain.
fn broken_chain(chain: Uuid, error: DieselError) -> Error {
    if violated(&error) != Some(CHAIN_WHOLE_CONSTRAINT) {
        return error.into();
    }
    let (what, about) = ("audit_heads.hash", About::AuditLog((!chain.is_nil()).then(|| chain.into())));
    metrics::integrity_error(what, about, &"the head of the log and its entries do not agree");
    Error::Integrity { what, about }
}
