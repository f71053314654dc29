//! Random values, which come from the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};
use uuid::Builder;
use zeroize::Zeroizing;

use crate::Error;

fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    let filled = SysRng.try_fill_bytes(bytes.as_mut());
    filled.map_err(|e| Error::Setup(format!("the operating system gives no random bytes: {e}")))?;
    Ok(bytes)
}

/// A secret of 256 bits, which stays in the user's session at the app.
pub(crate) fn verifier() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(*bytes::<32>()?))
}

/// What Bowline gets in place of a verifier.
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The `Idempotency-Key` of one call, for all of its attempts.
pub(crate) fn key() -> Result<String, Error> {
    Ok(Builder::from_random_bytes(*bytes::<16>()?).into_uuid().to_string())
}

/// A number from 0 to 1 that keeps the clients of a crowd apart.
pub(crate) fn jitter() -> f64 {
    bytes::<4>().map_or(0.5, |bytes| f64::from(u32::from_be_bytes(*bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_the_hash_of_its_verifier() {
        // The example of RFC 7636, appendix B.
        let example = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(example, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let (one, other) = (verifier().unwrap(), verifier().unwrap());
        assert!(one.len() == 43 && one != other);
        assert!(key().unwrap().len() == 36 && key().unwrap() != key().unwrap());
        assert!((0.0..=1.0).contains(&jitter()));
    }
}
