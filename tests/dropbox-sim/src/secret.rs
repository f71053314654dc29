//! A string that is neither printed nor serialised.

use std::fmt;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A token, code or app secret. It does not implement `Serialize`, and its `Debug` shows only a fingerprint, so that
/// the call log and error messages cannot contain it by accident.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first 12 hex digits of the SHA-256 of the value, which suffice to distinguish tokens in a log.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }

    /// Compares in constant time.
    pub(crate) fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

/// See [`Secret::fingerprint`].
pub(crate) fn fingerprint(value: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(value.as_bytes()));
    digest.truncate(12);
    digest
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.fingerprint())
    }
}
