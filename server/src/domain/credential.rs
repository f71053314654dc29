//! Credentials that Bowline generates: API keys, operator sessions, link tickets, link codes,
//! tickets of the page with a user's accounts, operators' logins at an identity provider.
//!
//! The format is a prefix such as `bwl_sk_`, then in base58 256 random bits and the CRC-32 of prefix and bits. Prefix
//! and checksum make it possible to scan for leaks and to reject a mistyped credential before any query. Only the
//! SHA-256 is stored.
//!
//! The prefix of an API key says whether it is a test key, which only sandboxes have. It also contains its tenant's id, between prefix and bits. Therefore it is looked up within its tenant, on
//! that tenant's shard, and a lost key shows whose it is. The id proves nothing; only the digest does.

use std::fmt;

pub use bowline_api::SecretKind as Kind;
use bowline_api::TenantId;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use super::entropy;
use super::error::Result;

/// The SHA-256 of a credential, which is stored and looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes that contain at least 128 random bits. Never of a password.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest's bytes, as the database stores them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The format of the `bowline.credential` setting.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The digest whose [`to_hex`](Self::to_hex) is `text`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes)).filter(|digest| digest.to_hex() == text)
    }

    /// Compares the digest with a stored one in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.ct_eq(stored).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

/// A new credential: its text, to be shown once, and its digest, to be stored.
#[derive(Debug)]
pub struct NewCredential {
    /// The new credential's text, to be shown once.
    pub text: SecretString,
    /// The new credential's digest, to be stored.
    pub digest: Digest,
}

impl NewCredential {
    /// Generates a credential of `kind`.
    ///
    /// # Errors
    /// If the operating system cannot provide randomness.
    pub fn generate(kind: Kind) -> Result<Self> {
        Self::after(kind.prefix().to_owned())
    }

    /// Generates an API key for `tenant`: a test key if the tenant is a sandbox.
    ///
    /// # Errors
    /// If the operating system cannot provide randomness.
    pub fn api_key(tenant: TenantId, sandbox: bool) -> Result<Self> {
        let tenant = tenant.to_string();
        let suffix = tenant.trim_start_matches(TENANT_PREFIX);
        let kind = if sandbox { Kind::TestApiKey } else { Kind::ApiKey };
        Self::after(format!("{}{suffix}_", kind.prefix()))
    }

    fn after(mut text: String) -> Result<Self> {
        let secret = entropy::secret()?;
        let mut body = Zeroizing::new(Vec::with_capacity(36));
        body.extend_from_slice(secret.as_ref());
        body.extend_from_slice(&key_checksum(&text, secret.as_ref()));
        text.push_str(&bs58::encode(body.as_slice()).into_string());
        Ok(Self { digest: Digest::of(text.as_bytes()), text: SecretString::from(text) })
    }

    /// The text, for the only response that shows it.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// A well-formed API key that a caller presented. What it says about itself is not verified yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedApiKey {
    /// The tenant to which the presented key claims to belong.
    pub tenant: TenantId,
    /// The presented key's digest, for the lookup.
    pub digest: Digest,
    /// Whether it is a test key. The prefix is part of what the digest is made of, so this is true of the key that the digest finds.
    pub is_test: bool,
}

/// The digest of `text`, if it has the form of a credential of `kind` other than an API key. Needs no query.
pub fn parse(kind: Kind, text: &str) -> Option<Digest> {
    is_whole(kind.prefix(), text.strip_prefix(kind.prefix())?).then(|| Digest::of(text.as_bytes()))
}

/// The contents of `text`, if it has the form of an API key. Needs no query.
pub fn parse_api_key(text: &str) -> Option<PresentedApiKey> {
    let is_test = text.starts_with(Kind::TestApiKey.prefix());
    let prefix = if is_test { Kind::TestApiKey.prefix() } else { Kind::ApiKey.prefix() };
    let (start, encoded) = text.split_at_checked(prefix.len() + TENANT_SUFFIX + 1)?;
    let suffix = start.strip_prefix(prefix)?.strip_suffix('_')?;
    let tenant = format!("{TENANT_PREFIX}{suffix}").parse().ok()?;
    is_whole(start, encoded).then(|| PresentedApiKey { tenant, digest: Digest::of(text.as_bytes()), is_test })
}

/// The beginning of tenants' ids, and the number of characters that follow.
const TENANT_PREFIX: &str = "tenant_";
const TENANT_SUFFIX: usize = 26;

/// Whether `encoded` is 256 bits with the checksum of those and of `start`.
fn is_whole(start: &str, encoded: &str) -> bool {
    if encoded.len() > 60 {
        return false;
    }
    let Ok(body) = bs58::decode(encoded).into_vec().map(Zeroizing::new) else { return false };
    body.split_at_checked(32).is_some_and(|(secret, sum)| sum == key_checksum(start, secret))
}

fn key_checksum(start: &str, secret: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(start.as_bytes());
    crc.update(secret);
    crc.finalize().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_character_is_refused_without_a_query() {
        let tenant: TenantId = entropy::id();
        let key = NewCredential::api_key(tenant, false).unwrap();
        let test = NewCredential::api_key(tenant, true).unwrap();
        let ticket = NewCredential::generate(Kind::LinkTicket).unwrap();
        assert_eq!(
            parse_api_key(key.expose()),
            Some(PresentedApiKey { tenant, digest: key.digest, is_test: false })
        );
        assert_eq!(
            parse_api_key(test.expose()),
            Some(PresentedApiKey { tenant, digest: test.digest, is_test: true })
        );
        assert_eq!(parse(Kind::LinkTicket, ticket.expose()), Some(ticket.digest));
        assert_eq!(parse(Kind::LinkTicket, key.expose()), None);
        assert_eq!(parse_api_key(ticket.expose()), None);
        for text in [key.expose(), test.expose(), ticket.expose()] {
            for at in 0..text.len() {
                let mut wrong = text.as_bytes().to_vec();
                wrong[at] = if wrong[at] == b'z' { b'y' } else { b'z' };
                let wrong = std::str::from_utf8(&wrong).unwrap();
                assert_eq!(parse_api_key(wrong), None, "changed at {at}");
                assert_eq!(parse(Kind::LinkTicket, wrong), None, "changed at {at}");
            }
        }
    }

    #[test]
    fn shows_nothing_when_printed() {
        let key = NewCredential::api_key(entropy::id(), false).unwrap();
        assert!(!format!("{key:?}").contains(&key.expose()[7..]));
    }
}
