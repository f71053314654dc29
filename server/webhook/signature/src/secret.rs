//! Signing secrets in the form of Standard Webhooks: `whsec_` and Base64.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

const PREFIX: &str = "whsec_";

/// The length in bytes that Standard Webhooks allows.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// A signing secret.
pub struct Secret(SecretString);

/// Text that is not a signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is whsec_ and the Base64 of 24 to 64 bytes")]
pub struct BadSecret;

impl Secret {
    /// The secret of these random bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let encoded = Zeroizing::new(STANDARD.encode(bytes));
        Self(format!("{PREFIX}{}", *encoded).into())
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn parse(text: SecretString) -> Result<Self, BadSecret> {
        let secret = Self(text);
        secret.key().map(|_| secret)
    }

    /// The text, for the tenant who must have it and for sealing.
    pub fn expose(&self) -> &SecretString {
        &self.0
    }

    /// The bytes that sign.
    pub(crate) fn key(&self) -> Result<Zeroizing<Vec<u8>>, BadSecret> {
        let encoded = self.0.expose_secret().strip_prefix(PREFIX).ok_or(BadSecret)?;
        let key = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| BadSecret)?);
        if LENGTH.contains(&key.len()) { Ok(key) } else { Err(BadSecret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_shows_nothing() {
        let secret = Secret::from_bytes(&[7; 32]);
        assert!(Secret::parse(secret.expose().clone()).is_ok());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for bad in
            ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!", "whsec_MfKQ9r8"]
        {
            assert_eq!(Secret::parse(bad.into()).unwrap_err(), BadSecret, "{bad}");
        }
    }
}
