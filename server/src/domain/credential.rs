//! Credentials that we make: API keys, operator sessions, link tickets, link codes.
//!
//! `bwl_sk_` and so on, then base58 of 256 random bits and the CRC-32 of prefix and bits. The prefix and the checksum let leaks
//! be scanned for, and let a mistyped credential be refused before any query. Only the SHA-256 is stored.
//!
//! An API key also names its tenant, between prefix and bits, as the tenant's own id does: so it is looked up inside its
//! tenant, on that tenant's shard, and whoever finds a lost one knows whose it is. The name proves nothing; the digest does.

use std::fmt;

use bowline_api::TenantId;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use super::entropy;
use super::error::Result;

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tenant app's API key.
    ApiKey,
    /// An operator's session.
    OperatorSession,
    /// The end user's way into a link session.
    LinkTicket,
    /// What a finished authorization gives the tenant to complete with.
    LinkCode,
}

impl Kind {
    /// The fixed beginning of the credential's text.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "bwl_sk_",
            Self::OperatorSession => "bwl_op_",
            Self::LinkTicket => "bwl_lk_",
            Self::LinkCode => "bwl_lc_",
        }
    }
}

/// The SHA-256 of a credential: what is stored and looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of bytes that hold at least 128 random bits; never of a password.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The bytes that stand in the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As `bowline.credential` wants it.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// Compares without telling by its time how much is alike.
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

/// A credential that was just made: its text, to be shown once, and its digest, to be stored.
#[derive(Debug)]
pub struct NewCredential {
    /// To be shown once.
    pub text: SecretString,
    /// To be stored.
    pub digest: Digest,
}

impl NewCredential {
    /// Makes one of `kind`.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn generate(kind: Kind) -> Result<Self> {
        Self::after(kind.prefix().to_owned())
    }

    /// Makes an API key of `tenant`.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn api_key(tenant: TenantId) -> Result<Self> {
        let tenant = tenant.to_string();
        let suffix = tenant.trim_start_matches(TENANT_PREFIX);
        Self::after(format!("{}{suffix}_", Kind::ApiKey.prefix()))
    }

    fn after(mut text: String) -> Result<Self> {
        let secret = entropy::secret()?;
        let mut body = Zeroizing::new(Vec::with_capacity(36));
        body.extend_from_slice(secret.as_ref());
        body.extend_from_slice(&checksum(&text, secret.as_ref()));
        text.push_str(&bs58::encode(body.as_slice()).into_string());
        Ok(Self { digest: Digest::of(text.as_bytes()), text: SecretString::from(text) })
    }

    /// The text, for the one answer that shows it.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// A well-formed API key that a caller presented. What it says about itself is not verified yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedApiKey {
    /// Whose it says to be.
    pub tenant: TenantId,
    /// What it is looked up by.
    pub digest: Digest,
}

/// The digest of `text` if it has the form of a credential of `kind`, other than an API key; needs no query.
pub fn parse(kind: Kind, text: &str) -> Option<Digest> {
    is_whole(kind.prefix(), text.strip_prefix(kind.prefix())?).then(|| Digest::of(text.as_bytes()))
}

/// What `text` says if it has the form of an API key; needs no query.
pub fn parse_api_key(text: &str) -> Option<PresentedApiKey> {
    let (start, encoded) = text.split_at_checked(Kind::ApiKey.prefix().len() + TENANT_SUFFIX + 1)?;
    let suffix = start.strip_prefix(Kind::ApiKey.prefix())?.strip_suffix('_')?;
    let tenant = format!("{TENANT_PREFIX}{suffix}").parse().ok()?;
    is_whole(start, encoded).then(|| PresentedApiKey { tenant, digest: Digest::of(text.as_bytes()) })
}

/// How the ids of tenants begin, and how many characters follow.
const TENANT_PREFIX: &str = "tenant_";
const TENANT_SUFFIX: usize = 26;

/// Whether `encoded` is 256 bits with the checksum of them and of what stands before.
fn is_whole(start: &str, encoded: &str) -> bool {
    if encoded.len() > 60 {
        return false;
    }
    let Ok(body) = bs58::decode(encoded).into_vec().map(Zeroizing::new) else { return false };
    body.split_at_checked(32).is_some_and(|(secret, sum)| sum == checksum(start, secret))
}

fn checksum(start: &str, secret: &[u8]) -> [u8; 4] {
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
        let key = NewCredential::api_key(tenant).unwrap();
        let ticket = NewCredential::generate(Kind::LinkTicket).unwrap();
        assert_eq!(parse_api_key(key.expose()), Some(PresentedApiKey { tenant, digest: key.digest }));
        assert_eq!(parse(Kind::LinkTicket, ticket.expose()), Some(ticket.digest));
        assert_eq!(parse(Kind::LinkTicket, key.expose()), None);
        assert_eq!(parse_api_key(ticket.expose()), None);
        for text in [key.expose(), ticket.expose()] {
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
        let key = NewCredential::api_key(entropy::id()).unwrap();
        assert!(!format!("{key:?}").contains(&key.expose()[7..]));
    }
}
