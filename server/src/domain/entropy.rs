//! The only place where ids and secrets are generated.

use bowline_api::Id;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::zeroize::Zeroizing;
use type_safe_id::StaticType;
use uuid::Uuid;

use super::error::{Error, Result};

/// A new id, ordered by creation time (UUIDv7, RFC 9562).
#[expect(clippy::disallowed_methods, reason = "ids are made here and nowhere else")]
pub fn id<Kind: StaticType>() -> Id<Kind> {
    Uuid::now_v7().into()
}

/// A number that identifies this process, or one attempt by it, among all replicas.
#[expect(clippy::disallowed_methods, reason = "ids are made here and nowhere else")]
pub fn owner() -> Uuid {
    Uuid::new_v4()
}

/// A number from 0 to 1 (exclusive) that spreads out retries. Never for a secret.
pub fn jitter() -> f64 {
    let [a, b, c, d, ..] = *owner().as_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}

/// 256 random bits from the operating system.
///
/// # Errors
/// If the operating system cannot provide randomness.
pub fn secret() -> Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    SysRng
        .try_fill_bytes(bytes.as_mut())
        .map_err(|source| Error::internal("the operating system gave no randomness", source))?;
    Ok(bytes)
}
