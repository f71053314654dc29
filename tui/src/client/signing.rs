//! Signatures of Standard Webhooks, version 1, for events that are passed on: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::Failure;

const PREFIX: &str = "whsec_";

/// The length in bytes that Standard Webhooks allows.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that signs.
pub struct SigningSecret {
    text: SecretString,
    key: Zeroizing<Vec<u8>>,
}

impl SigningSecret {
    /// A new one.
    ///
    /// # Errors
    /// If the operating system gives no random bytes.
    pub fn generate() -> Result<Self, Failure> {
        let mut key = Zeroizing::new(vec![0; 32]);
        let filled = rustls::crypto::ring::default_provider().secure_random.fill(&mut key);
        filled.map_err(|_| Failure::Refused("this machine gives no random bytes".to_owned()))?;
        let encoded = Zeroizing::new(STANDARD.encode(&*key));
        Ok(Self { text: SecretString::from(format!("{PREFIX}{}", *encoded)), key })
    }

    /// Reads `whsec_…`; `None` if it is no such secret.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = Zeroizing::new(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?);
        LENGTH.contains(&key.len()).then(|| Self { text: SecretString::from(text), key })
    }

    /// The text, for the app that verifies.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The header `webhook-signature` of a message that is sent at `timestamp`, in seconds since 1970.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        for part in [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn signs_as_the_specification_does() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let found = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(found, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_new_secret_is_another_one_each_time_and_is_read_back() {
        let (one, other) = (SigningSecret::generate().unwrap(), SigningSecret::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(*SigningSecret::parse(one.expose()).unwrap().key, *one.key);
        for bad in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!"] {
            assert!(SigningSecret::parse(bad).is_none(), "{bad}");
        }
    }
}
