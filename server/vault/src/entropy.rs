//! The only source of randomness in this crate: the operating system.

use rand::{TryRng, rngs::SysRng};

use crate::VaultError;

/// Generates `N` random bytes for keys and nonces.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| VaultError::Entropy)?;
    Ok(bytes)
}
