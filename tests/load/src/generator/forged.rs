//! Notices of Dropbox that somebody else has signed.

use bowline_api::{ConnectorId, TenantId};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use uuid::Uuid;

use super::Requests;
use crate::data::Data;
use crate::data::identity::provider_account_id;

/// The number of accounts that a notice names.
const ACCOUNTS: u64 = 20;
/// A UUIDv7 whose low 62 bits are free.
const ANY: u128 = 0x0193_5a00_0000_7000_8000_0000_0000_0000;

/// Well-formed notices with a wrong signature, a different one each time: to connectors that exist and, each second one, to none.
pub(crate) struct ForgedNotices {
    host: String,
    connectors: Vec<(TenantId, ConnectorId)>,
    accounts: u64,
    is_unknown: bool,
    random: SmallRng,
}

impl ForgedNotices {
    /// Notices to the connectors of `data` at `host`.
    pub(crate) fn new(data: &Data, host: &str, seed: u64) -> Self {
        Self {
            host: host.to_owned(),
            connectors: data.record.tenants.iter().map(|tenant| (tenant.id, tenant.connector)).collect(),
            accounts: data.record.accounts,
            is_unknown: seed.is_multiple_of(2),
            random: SmallRng::seed_from_u64(seed),
        }
    }
}

impl Requests for ForgedNotices {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        let (tenant, known) = self.connectors[self.random.random_range(0..self.connectors.len())];
        self.is_unknown = !self.is_unknown;
        let number = u128::from(self.random.random::<u64>() >> 2);
        let nobody = ConnectorId::from(Uuid::from_u128(ANY | number));
        let connector = if self.is_unknown { nobody } else { known };
        let first = self.random.random_range(0..self.accounts);
        let accounts: Vec<String> = (first..first + ACCOUNTS).map(provider_account_id).collect();
        let body = json!({ "list_folder": { "accounts": accounts } }).to_string();
        let mut signature = [0; 32];
        self.random.fill(&mut signature[..]);
        let signature = hex::encode(signature);
        let text = format!(
            "POST /notices/{tenant}/{connector} HTTP/1.1\r\nHost: {}\r\nX-Dropbox-Signature: {signature}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        buffer.extend_from_slice(text.as_bytes());
    }
}
