//! What the generator sends.

use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::data::Data;
use crate::data::identity::account_id;

/// Makes one request after another.
pub(crate) trait Requests: Send {
    /// Puts the next one into `buffer`, which is empty.
    fn next(&mut self, buffer: &mut Vec<u8>);
}

/// The whole bytes of a token fetch.
pub(crate) fn fetch(host: &str, account: u64, key: &str, buffer: &mut Vec<u8>) {
    let id = account_id(account);
    let text = format!(
        "POST /v1/accounts/{id}/token HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: 0\r\n\r\n"
    );
    buffer.extend_from_slice(text.as_bytes());
}

/// Fetches of valid tokens by the keys that hold them, over all accounts at random.
pub(crate) struct Fetches {
    host: String,
    keys: Arc<[String]>,
    accounts: u64,
    random: SmallRng,
}

impl Fetches {
    /// Of the accounts of `data`, at `host`.
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

/// Fetches with keys of the right form that nobody was ever given, a different one each time.
///
/// A key's text is what is fixed, up to its last underscore, and base58 of 256 random bits and the CRC-32 of all before it.
pub(crate) struct WrongKeys {
    host: String,
    fronts: Vec<String>,
    accounts: u64,
    random: SmallRng,
}

impl WrongKeys {
    const SECRET: usize = 32;
    const SUM: usize = 4;

    /// Keys made like those of `data`; nothing where those have another form.
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

    /// One more.
    fn key(&mut self) -> String {
        let mut body = [0; Self::SECRET + Self::SUM];
        let (secret, sum) = body.split_at_mut(Self::SECRET);
        self.random.fill(secret);
        let front = &self.fronts[self.random.random_range(0..self.fronts.len())];
        sum.copy_from_slice(&checksum(front, secret));
        format!("{front}{}", bs58::encode(body).into_string())
    }
}

/// What is fixed in the text of a key, if it is made as we think.
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
