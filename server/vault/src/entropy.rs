//! The one place where this crate takes randomness, from the operating system alone.

use rand::{TryRng, rngs::SysRng};

use crate::VaultError;

/// `N` bytes of the operating system's generator, for keys and nonces.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| VaultError::Entropy)?;
    Ok(bytes)
}
