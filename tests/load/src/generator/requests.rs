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
/// A key's text is its prefix and base58 of what is fixed, 256 random bits, and the CRC-32 of all before it.
pub(crate) struct WrongKeys {
    host: String,
    prefix: String,
    bodies: Vec<Vec<u8>>,
    accounts: u64,
    random: SmallRng,
}

impl WrongKeys {
    const PREFIX: usize = "bwl_sk_".len();
    const SECRET: usize = 32;
    const SUM: usize = 4;

    /// Keys made like those of `data`; nothing where those have another form.
    pub(crate) fn new(data: &Data, host: &str, seed: u64) -> Option<Self> {
        let mut bodies = Vec::new();
        let mut prefix = String::new();
        for tenant in &data.record.tenants {
            let (front, encoded) = tenant.key.split_at_checked(Self::PREFIX)?;
            front.clone_into(&mut prefix);
            bodies.push(bs58::decode(encoded).into_vec().ok()?);
        }
        let is_long_enough = |body: &Vec<u8>| body.len() >= Self::SECRET + Self::SUM;
        let fits = !bodies.is_empty() && bodies.iter().all(is_long_enough);
        fits.then(|| Self {
            host: host.to_owned(),
            prefix,
            bodies,
            accounts: data.record.accounts,
            random: SmallRng::seed_from_u64(seed),
        })
    }

    /// One more.
    pub(crate) fn key(&mut self) -> String {
        let index = self.random.random_range(0..self.bodies.len());
        let mut body = self.bodies[index].clone();
        let sum = body.len() - Self::SUM;
        self.random.fill(&mut body[sum - Self::SECRET..sum]);
        let mut crc = crc32fast::Hasher::new();
        crc.update(self.prefix.as_bytes());
        crc.update(&body[..sum]);
        body[sum..].copy_from_slice(&crc.finalize().to_be_bytes());
        format!("{}{}", self.prefix, bs58::encode(body).into_string())
    }
}

impl Requests for WrongKeys {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        let key = self.key();
        let account = self.random.random_range(0..self.accounts);
        fetch(&self.host, account, &key, buffer);
    }
}
