//! Credentials that we make: API keys, operator sessions, link tickets, link codes.
//!
//! `bwl_sk_` and so on, then base58 of 256 random bits and the CRC-32 of prefix and bits. The prefix and the checksum let leaks
//! be scanned for, and let a mistyped credential be refused before any query. Only the SHA-256 is stored.

use std::fmt;

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
        let secret = entropy::secret()?;
        let mut body = Zeroizing::new(Vec::with_capacity(36));
        body.extend_from_slice(secret.as_ref());
        body.extend_from_slice(&checksum(kind, secret.as_ref()));
        let text = format!("{}{}", kind.prefix(), bs58::encode(body.as_slice()).into_string());
        Ok(Self { digest: Digest::of(text.as_bytes()), text: SecretString::from(text) })
    }

    /// The text, for the one answer that shows it.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// The digest of `text` if it has the form of a credential of `kind`; needs no query.
pub fn parse(kind: Kind, text: &str) -> Option<Digest> {
    let encoded = text.strip_prefix(kind.prefix()).filter(|encoded| encoded.len() <= 60)?;
    let body = Zeroizing::new(bs58::decode(encoded).into_vec().ok()?);
    let (secret, sum) = body.split_at_checked(32)?;
    (sum == checksum(kind, secret)).then(|| Digest::of(text.as_bytes()))
}

fn checksum(kind: Kind, secret: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(kind.prefix().as_bytes());
    crc.update(secret);
    crc.finalize().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_character_is_refused_without_a_query() {
        let key = NewCredential::generate(Kind::ApiKey).unwrap();
        let text = key.expose();
        assert_eq!(parse(Kind::ApiKey, text), Some(key.digest));
        assert_eq!(parse(Kind::LinkTicket, text), None);
        for at in Kind::ApiKey.prefix().len()..text.len() {
            let mut wrong = text.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'z' { b'y' } else { b'z' };
            assert_eq!(parse(Kind::ApiKey, std::str::from_utf8(&wrong).unwrap()), None, "changed at {at}");
        }
    }

    #[test]
    fn shows_nothing_when_printed() {
        let key = NewCredential::generate(Kind::ApiKey).unwrap();
        assert!(!format!("{key:?}").contains(&key.expose()[7..]));
    }
}
