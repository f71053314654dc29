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
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::schema::audit_events;
use super::{Tx, violated};
use crate::domain::{About, Actor, Error, Event, Result, entropy};
use crate::metrics;

/// The previous hash of the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// Raised by the database if the head of a chain and its entries disagree, or if an entry is not the next one.
const WHOLE: &str = "audit_chain_whole";

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

/// Whether an entry is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Signed, with a valid signature.
    Signed,
    /// Written before entries were signed. Its hash is valid, which proves nothing by itself.
    Unsigned,
    /// The signature or the hash is invalid.
    Edited,
    /// The key ring lacks the key that it claims to be signed with.
    UnknownKey,
}

/// The end of a chain according to its head.
pub(super) struct Head {
    /// The length of the chain.
    pub(super) sequence: i64,
    /// The hash of its last entry.
    hash: Vec<u8>,
}

impl AuditRow {
    /// Every column except the two hashes and the key, as one JSON array in which maps are sorted by key, so that a
    /// value read back from `jsonb` equals the one written.
    fn columns(&self) -> impl serde::Serialize {
        (
            (&self.tenant_id, self.sequence, &self.id, self.at.timestamp_micros()),
            (&self.actor_kind, &self.actor_id, &self.actor_name),
            (&self.action, &self.subject, &self.detail),
        )
    }

    fn signed_text(&self, key_version: u32) -> Result<Vec<u8>> {
        serde_json::to_vec(&(key_version, &self.previous_hash, self.columns())).map_err(unrepresentable)
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
    pub fn standing(&self, keys: &AuditKeys) -> Result<Standing> {
        let Some(version) = self.key_version else {
            return self.unsigned_standing();
        };
        let Ok(version) = u32::try_from(version) else {
            return Ok(Standing::UnknownKey);
        };
        let verified = keys.verify(version, Signed::Entry, &self.signed_text(version)?, &self.hash);
        Ok(match verified {
            Ok(()) => Standing::Signed,
            Err(VaultError::UnknownKek(_)) => Standing::UnknownKey,
            Err(_) => Standing::Edited,
        })
    }

    fn unsigned_standing(&self) -> Result<Standing> {
        let columns = serde_json::to_vec(&self.columns()).map_err(unrepresentable)?;
        let hash = Sha256::new().chain_update(&self.previous_hash).chain_update(columns).finalize();
        let is_right = bool::from(hash.as_slice().ct_eq(self.hash.as_slice()));
        Ok(if is_right { Standing::Unsigned } else { Standing::Edited })
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
        if let Err(Error::Integrity { what, about }) = recorded {
            self.roll_back().await;
            // Boxed, because the many successful calls should not reserve space for it.
            Box::pin(self.note(what, about)).await;
        }
        recorded
    }

    /// Locks the head of this transaction's chain until the transaction ends, if head and entries agree.
    pub(super) async fn lock_head(&mut self) -> Result<Head> {
        let chain = self.chain();
        let head = diesel::select(bowline_audit_head(chain));
        let (sequence, hash) =
            head.get_result(self.connection()).await.map_err(|error| broken(chain, error))?;
        Ok(Head { sequence, hash })
    }

    /// [`record`](Self::record) without recording its failure.
    pub(super) async fn append(&mut self, actor: &Actor, event: Event<'_>) -> Result<()> {
        let chain = self.chain();
        let at = self.now().await?;
        let head = self.lock_head().await?;
        let mut row = AuditRow {
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
            previous_hash: head.hash,
            hash: Vec::new(),
            key_version: None,
        };
        row.sign(self.audit_keys())?;
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
        append.execute(self.connection()).await.map_err(|error| broken(chain, error))?;
        Ok(())
    }
}

/// The meaning of a failure to add to a chain.
fn broken(chain: Uuid, error: DieselError) -> Error {
    if violated(&error) != Some(WHOLE) {
        return error.into();
    }
    let (what, about) = ("audit_heads.hash", About::AuditLog((!chain.is_nil()).then(|| chain.into())));
    metrics::integrity_error(what, about, &"the head of the log and its entries do not agree");
    Error::Integrity { what, about }
}
