//! The record of a database's contents, saved next to it so that the next run can reuse the database.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_api::{ApiKeyId, ConnectorId, TenantId};
use serde::{Deserialize, Serialize};

use super::identity::FIRST_EXTRA;

/// Incremented when data of an earlier version of this program can no longer be used.
const FORMAT: u32 = 4;

/// A tenant with its API keys. The keys need no protection, because the accounts are artificial.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tenant {
    pub id: TenantId,
    pub connector: ConnectorId,
    /// The key that holds the tokens.
    pub key_id: ApiKeyId,
    pub key: String,
    /// A key that has held no tokens, for first issues.
    pub other_key_id: ApiKeyId,
    pub other_key: String,
}

/// The contents of one database.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    format: u32,
    /// The number of active accounts with a valid, held token; their numbers start at 0.
    pub accounts: u64,
    pub token_bytes: usize,
    pub tenants: Vec<Tenant>,
    /// The duration of filling in seconds: rows, indexes, then VACUUM and ANALYZE.
    pub fill_seconds: [f64; 3],
    /// The size of the database after filling, in bytes.
    pub bytes: i64,
    /// The number of the next account that a run may consume.
    pub next_extra: u64,
}

impl Record {
    pub(crate) fn new(accounts: u64, token_bytes: usize, tenants: Vec<Tenant>) -> Self {
        Self {
            format: FORMAT,
            accounts,
            token_bytes,
            tenants,
            fill_seconds: [0.0; 3],
            bytes: 0,
            next_extra: FIRST_EXTRA,
        }
    }

    /// Loads the record of an earlier run if it matches these parameters.
    pub(crate) fn load(path: &Path, accounts: u64, token_bytes: usize, tenants: u32) -> Option<Self> {
        let record: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let fits = record.format == FORMAT
            && record.accounts == accounts
            && record.token_bytes == token_bytes
            && u32::try_from(record.tenants.len()) == Ok(tenants);
        fits.then_some(record)
    }

    /// Saves the record atomically, readable only by its owner.
    pub(crate) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let beside = PathBuf::from(format!("{}.new", path.display()));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The tenant of the account with this number.
    pub(crate) fn tenant_of(&self, number: u64) -> &Tenant {
        let count = self.tenants.len() as u64;
        let index = usize::try_from(number % count).unwrap_or_default();
        &self.tenants[index]
    }
}
