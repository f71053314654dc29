//! The requests that the generator sends.

use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::data::Data;
use crate::data::identity::account_id;

/// A source of requests.
pub(crate) trait Requests: Send {
    /// Writes the next request to `buffer`, which is empty.
    fn next(&mut self, buffer: &mut Vec<u8>);
}

/// Writes the complete request of a token fetch.
pub(crate) fn fetch(host: &str, account: u64, key: &str, buffer: &mut Vec<u8>) {
    let id = account_id(account);
    let text = format!(
        "POST /v1/accounts/{id}/token HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: 0\r\n\r\n"
    );
    buffer.extend_from_slice(text.as_bytes());
}

/// Fetches valid tokens of random accounts with the keys that hold them.
pub(crate) struct Fetches {
    host: String,
    keys: Arc<[String]>,
    accounts: u64,
    random: SmallRng,
}

impl Fetches {
    /// Fetches for the accounts of `data` at `host`.
    pub(crate) fn new(data: &Data, host: &str, seed: u64) -> Self {
        Self {
            host: host.to_owned(),
            keys: data.record.tenants.iter().map(|tenant| tenant.key.clone()).collect(),
            accounts: data.record.accounts,
            random: SmallRng::seed_from_u64(seed),
        }
    }
}

impl Requests for Fetches {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        let account = self.random.random_range(0..self.accounts);
        let tenant = usize::try_from(account % self.keys.len() as u64).unwrap_or_default();
        fetch(&self.host, account, &self.keys[tenant], buffer);
    }
}

/// Requests of the static route, which needs no other service.
pub(crate) struct FixedRoute(String);

impl FixedRoute {
    /// Requests at `host`.
    pub(crate) fn new(host: &str) -> Self {
        Self(format!("GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    }
}

impl Requests for FixedRoute {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(self.0.as_bytes());
    }
}

/// Fetches with well-formed keys that were never issued, a different one each time.
///
/// A key consists of a fixed part up to its last underscore, followed by the base58 form of 256 random bits and the
/// CRC-32 of everything before it.
pub(crate) struct WrongKeys {
    host: String,
    fronts: Vec<String>,
    accounts: u64,
    random: SmallRng,
}

impl WrongKeys {
    const SECRET: usize = 32;
    const SUM: usize = 4;

    /// Wrong keys in the form of the keys of `data`; `None` if those have an unknown form.
    pub(crate) fn new(data: &Data, host: &str, seed: u64) -> Option<Self> {
        let keys = data.record.tenants.iter().map(|tenant| tenant.key.as_str());
        let fronts: Option<Vec<String>> = keys.map(front).collect();
        Some(Self {
            host: host.to_owned(),
            fronts: fronts.filter(|fronts| !fronts.is_empty())?,
            accounts: data.record.accounts,
            random: SmallRng::seed_from_u64(seed),
        })
    }

    /// Generates another key.
    fn key(&mut self) -> String {
        let mut body = [0; Self::SECRET + Self::SUM];
        let (secret, sum) = body.split_at_mut(Self::SECRET);
        self.random.fill(secret);
        let front = &self.fronts[self.random.random_range(0..self.fronts.len())];
        sum.copy_from_slice(&checksum(front, secret));
        format!("{front}{}", bs58::encode(body).into_string())
    }
}

/// The fixed part of a key, if the key has the expected form.
fn front(key: &str) -> Option<String> {
    let (front, encoded) = key.split_at_checked(key.rfind('_')? + 1)?;
    let body = bs58::decode(encoded).into_vec().ok()?;
    let (secret, sum) = body.split_at_checked(WrongKeys::SECRET)?;
    (sum == checksum(front, secret)).then(|| front.to_owned())
}

fn checksum(front: &str, secret: &[u8]) -> [u8; WrongKeys::SUM] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(front.as_bytes());
    crc.update(secret);
    crc.finalize().to_be_bytes()
}

impl Requests for WrongKeys {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        let key = self.key();
        let account = self.random.random_range(0..self.accounts);
        fetch(&self.host, account, &key, buffer);
    }
}
