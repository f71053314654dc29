//! A 256-bit key that erases itself, has a redacted `Debug`, and derives subkeys.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{VaultError, entropy};

/// The length of every key in this crate, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// A key. It is erased on drop, and it lives on the heap so that moves leave no copies behind.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct KeyMaterial(Box<[u8; KEY_LEN]>);

impl KeyMaterial {
    pub(crate) fn random() -> Result<Self, VaultError> {
        let mut bytes = entropy::random::<KEY_LEN>()?;
        let key = Self::copied_from(&bytes);
        bytes.zeroize();
        Ok(key)
    }

    pub(crate) fn copied_from(bytes: &[u8; KEY_LEN]) -> Self {
        let mut key = Self(Box::new([0; KEY_LEN]));
        key.0.copy_from_slice(bytes);
        key
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    /// Derives the subkey for one use (HKDF-SHA256, RFC 5869), so that no key serves two purposes.
    pub(crate) fn subkey(&self, salt: &[u8], info: &[&[u8]]) -> Result<Zeroizing<[u8; KEY_LEN]>, VaultError> {
        let mut subkey = Zeroizing::new([0; KEY_LEN]);
        Hkdf::<Sha256>::new(Some(salt), self.expose())
            .expand_multi_info(info, subkey.as_mut_slice())
            .map_err(|_| VaultError::Malformed)?;
        Ok(subkey)
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyMaterial(redacted)")
    }
}
