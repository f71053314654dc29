//! Nonce and timestamp (RFC 5849, 3.3).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::TryCryptoRng;

/// When a request was signed, and a text that no other request of that moment has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970 in UTC.
    pub timestamp: u64,
    /// Letters and digits of 128 random bits.
    pub nonce: String,
}

impl Stamp {
    /// A stamp of this moment. Pass the operating system's generator (`rand::rngs::SysRng`).
    ///
    /// # Errors
    /// The generator's own.
    #[expect(
        clippy::disallowed_methods,
        reason = "the provider compares the timestamp with its own clock, so only real time is of use"
    )]
    pub fn now<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = [0_u8; 16];
        rng.try_fill_bytes(&mut bytes)?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self { timestamp: since.as_secs(), nonce: URL_SAFE_NO_PAD.encode(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::rngs::SysRng;

    use super::*;

    #[test]
    fn a_thousand_nonces_differ() {
        let nonces: HashSet<_> = (0..1_000).map(|_| Stamp::now(&mut SysRng).unwrap().nonce).collect();
        assert_eq!(nonces.len(), 1_000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 22));
    }
}
