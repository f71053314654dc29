//! What was made of one database, kept beside it so that the next run can use it again.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_api::{ApiKeyId, ConnectorId, TenantId};
use serde::{Deserialize, Serialize};

use super::identity::FIRST_EXTRA;

/// Goes up when data made by an earlier version of this program is of no use any more.
const FORMAT: u32 = 4;

/// One tenant with its keys, whose texts are of use to nobody: the accounts are made up.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tenant {
    pub id: TenantId,
    pub connector: ConnectorId,
    /// The key that holds the tokens.
    pub key_id: ApiKeyId,
    pub key: String,
    /// A key that has held none, for first issues.
    pub other_key_id: ApiKeyId,
    pub other_key: String,
}

/// What is in one database.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    format: u32,
    /// Active accounts with a valid token that is held, numbered from 0.
    pub accounts: u64,
    pub token_bytes: usize,
    pub tenants: Vec<Tenant>,
    /// How long the filling took, in seconds: rows, then indexes, then VACUUM and ANALYZE.
    pub fill_seconds: [f64; 3],
    /// Size of the database after the filling.
    pub bytes: i64,
    /// Number of the next account that a run may use up.
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

    /// What an earlier run has left here, if it is of use for these wishes.
    pub(crate) fn load(path: &Path, accounts: u64, token_bytes: usize, tenants: u32) -> Option<Self> {
        let record: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let fits = record.format == FORMAT
            && record.accounts == accounts
            && record.token_bytes == token_bytes
            && u32::try_from(record.tenants.len()) == Ok(tenants);
        fits.then_some(record)
    }

    /// Writes it for its owner's eyes, whole or not at all.
    pub(crate) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let beside = PathBuf::from(format!("{}.new", path.display()));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whose account has this number.
    pub(crate) fn tenant_of(&self, number: u64) -> &Tenant {
        let count = self.tenants.len() as u64;
        let index = usize::try_from(number % count).unwrap_or_default();
        &self.tenants[index]
    }
}
