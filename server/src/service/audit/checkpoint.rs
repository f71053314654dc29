//! A signed record of the position of every audit log, for storage that nobody who can write to the database can write
//! to.

use std::collections::BTreeMap;

use bowline_api::TenantId;
use bowline_vault::{AuditKeys, Signed, VaultError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Error, Result};

/// The format that this version writes and reads.
const CHECKPOINT_FORMAT: u32 = 1;

/// The positions of all logs at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    checkpoint: CheckpointBody,
    /// HMAC-SHA-256 of `checkpoint`, in hexadecimal.
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointBody {
    format: u32,
    /// The time by the database's clock.
    at: DateTime<Utc>,
    /// The version of the master key from which the signing key is derived.
    key_version: u32,
    heads: Vec<Head>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// The tenant of the log; absent for the service's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_id: Option<TenantId>,
    sequence: i64,
    /// The hash of the log's last entry, in hexadecimal.
    hash: String,
}

/// Why a file is not a valid checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The checkpoint is not JSON in this format.
    #[error("it is not a checkpoint: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A later version wrote the checkpoint.
    #[error("it has format {0}, which this version does not know")]
    Format(u32),
    /// Another key ring signed it, or it was changed.
    #[error("its signature is wrong: it was changed, or another key ring signed it")]
    Signature,
    /// The key ring lacks the key that signed it.
    #[error("it was signed with master key {0}, which the key ring does not have")]
    UnknownKey(u32),
}

/// Records the position of every log, read in one statement.
pub async fn take(app: &App) -> Result<Checkpoint> {
    let (at, heads) = app
        .store
        .operator(async |tx| {
            let at = tx.now().await?;
            Ok((at, tx.audit_heads().await?))
        })
        .await?;
    let heads = heads.into_iter().map(|(chain, sequence, hash)| Head {
        tenant_id: (!chain.is_nil()).then(|| chain.into()),
        sequence,
        hash: hex::encode(hash),
    });
    let keys = app.store.audit_keys();
    let body =
        CheckpointBody { format: CHECKPOINT_FORMAT, at, key_version: keys.active(), heads: heads.collect() };
    let signature = keys
        .sign(body.key_version, Signed::Checkpoint, &body.text()?)
        .map_err(|source| Error::internal("signing a checkpoint", source))?;
    Ok(Checkpoint { checkpoint: body, signature: hex::encode(signature) })
}

impl CheckpointBody {
    fn text(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|source| Error::internal("a checkpoint is not representable", source))
    }
}

impl Checkpoint {
    /// Reads a checkpoint that [`take`] created, and verifies its signature.
    ///
    /// # Errors
    /// If the text is not a checkpoint, was changed, or was signed with another key ring.
    pub fn read(text: &str, keys: &AuditKeys) -> std::result::Result<Self, CheckpointError> {
        let read: Self = serde_json::from_str(text)?;
        if read.checkpoint.format != CHECKPOINT_FORMAT {
            return Err(CheckpointError::Format(read.checkpoint.format));
        }
        let signed = serde_json::to_vec(&read.checkpoint)?;
        let signature = hex::decode(&read.signature).map_err(|_| CheckpointError::Signature)?;
        keys.verify(read.checkpoint.key_version, Signed::Checkpoint, &signed, &signature).map_err(
            |error| match error {
                VaultError::UnknownKek(version) => CheckpointError::UnknownKey(version),
                _ => CheckpointError::Signature,
            },
        )?;
        Ok(read)
    }

    /// The sequence number and hash of every log.
    pub(super) fn marks(&self) -> BTreeMap<Uuid, (i64, Vec<u8>)> {
        let mark = |head: &Head| {
            let chain = head.tenant_id.map_or(Uuid::nil(), |id| id.uuid());
            // A hash that is not hexadecimal matches no entry.
            (chain, (head.sequence, hex::decode(&head.hash).unwrap_or_default()))
        };
        self.checkpoint.heads.iter().map(mark).collect()
    }
}
