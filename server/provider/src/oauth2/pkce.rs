//! Proof Key for Code Exchange, method S256 (RFC 7636).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::TryCryptoRng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A verifier and its challenge.
#[derive(Debug, Clone)]
pub struct Pkce {
    /// The verifier: 43 characters of 256 random bits. It is sealed until the code is exchanged.
    pub verifier: SecretString,
    /// The challenge, which goes to the authorize page.
    pub challenge: Challenge,
}

/// The S256 challenge of a verifier, 43 characters. Public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Pkce {
    /// A new pair. Pass the operating system's generator (`rand::rngs::SysRng`).
    ///
    /// # Errors
    /// Those of the generator.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rng.try_fill_bytes(bytes.as_mut_slice())?;
        let verifier = SecretString::from(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let challenge = Challenge::of(&verifier);
        Ok(Self { verifier, challenge })
    }
}

impl Challenge {
    /// base64url(SHA-256(verifier)), unpadded (RFC 7636, 4.2).
    #[must_use]
    pub fn of(verifier: &SecretString) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes())))
    }

    /// The challenge as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::rngs::SysRng;

    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge = Challenge::of(&verifier);
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_thousand_pairs_differ_and_are_well_formed() {
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            let pkce = Pkce::generate(&mut SysRng).unwrap();
            let verifier = pkce.verifier.expose_secret();
            assert_eq!(verifier.len(), 43);
            assert!(verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            assert!(!format!("{pkce:?}").contains(verifier));
            assert!(seen.insert(pkce.challenge.as_str().to_owned()));
        }
    }
}
