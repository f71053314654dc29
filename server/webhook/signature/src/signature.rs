//! Signatures of Standard Webhooks, version 1: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;

use crate::{BadSecret, Secret};

/// Signs with every secret that is valid.
pub struct Signer(Vec<Zeroizing<Vec<u8>>>);

/// The headers of a signed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: one signature for each secret, with spaces between them.
    pub signature: String,
}

impl Signer {
    /// Signs with each of `secrets`, the newest first.
    ///
    /// # Errors
    /// [`BadSecret`] for none at all.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Result<Self, BadSecret> {
        let keys = secrets.into_iter().map(Secret::key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(BadSecret) } else { Ok(Self(keys)) }
    }

    /// The signatures of `body`, which is sent as the message `id` at `timestamp`, in seconds since 1970. A message that is sent again keeps
    /// its id and gets a new time, because receivers refuse old ones.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Signed {
        let timestamp = timestamp.to_string();
        let signatures: Vec<String> = self
            .0
            .iter()
            .filter_map(|key| {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
                for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
                    mac.update(part);
                }
                Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
            })
            .collect();
        Signed { timestamp, signature: signatures.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::parse(text.into()).unwrap()
    }

    /// The example of the specification's reference libraries.
    #[test]
    fn signs_as_the_specification_does() {
        let signer = Signer::new([&secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]).unwrap();
        let found = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(found.timestamp, "1614265330");
        assert_eq!(found.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_valid_secret_signs() {
        let (new, old) = (Secret::from_bytes(&[1; 32]), Secret::from_bytes(&[2; 32]));
        let both = Signer::new([&new, &old]).unwrap().sign("evt_1", 1, b"{}").signature;
        let alone = |secret| Signer::new([secret]).unwrap().sign("evt_1", 1, b"{}").signature;
        assert_eq!(both, format!("{} {}", alone(&new), alone(&old)));
        assert_ne!(alone(&new), alone(&old));
        assert!(Signer::new([]).is_err());
    }

    #[test]
    fn id_time_and_body_are_all_signed() {
        let signer = Signer::new([&Secret::from_bytes(&[1; 32])]).unwrap();
        let signature = |id, at, body: &[u8]| signer.sign(id, at, body).signature;
        let original = signature("evt_1", 1, b"{}");
        for other in
            [signature("evt_2", 1, b"{}"), signature("evt_1", 2, b"{}"), signature("evt_1", 1, b"[]")]
        {
            assert_ne!(original, other);
        }
    }
}
