//! The keys that sign the audit log: one per master key of the ring, including disabled master keys.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{VaultError, key_material::KeyMaterial};

/// HKDF salt that separates these keys from all other keys derived from the ring.
const LABEL: &[u8] = b"bowline/audit/v1";

/// Length of a MAC in bytes.
pub const MAC_LEN: usize = 32;

/// What a signature covers. Each kind has its own key, so that a signature of one kind is never valid for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// An entry of the log.
    Entry,
    /// The heads of all logs at one moment.
    Checkpoint,
}

impl Signed {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Entry => b"entry",
            Self::Checkpoint => b"checkpoint",
        }
    }
}

/// The signing keys of one ring. They do not depend on the tenants' data keys, and they include those of disabled
/// master keys. Signatures can therefore be checked after a rotation and after a tenant's keys were destroyed.
#[derive(Debug, Clone)]
pub struct AuditKeys {
    active: u32,
    keys: BTreeMap<u32, KeyMaterial>,
}

impl AuditKeys {
    pub(crate) fn derive<'a>(
        active: u32,
        masters: impl Iterator<Item = (u32, &'a KeyMaterial)>,
    ) -> Result<Self, VaultError> {
        let key = |(version, master): (u32, &KeyMaterial)| {
            let key = master.subkey(LABEL, &[&version.to_be_bytes()])?;
            Ok((version, KeyMaterial::copied_from(&key)))
        };
        Ok(Self { active, keys: masters.map(key).collect::<Result<_, VaultError>>()? })
    }

    /// The version that signs now. It is stored with each signature.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// The HMAC-SHA-256 of `data` under the key of `version`.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`] if the ring has no such version.
    pub fn sign(&self, version: u32, what: Signed, data: &[u8]) -> Result<[u8; MAC_LEN], VaultError> {
        Ok(self.begin(version, what, data)?.finalize().into_bytes().into())
    }

    /// Verifies a signature in constant time.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] if the signature differs; [`VaultError::UnknownKek`] if the ring has no such version.
    pub fn verify(
        &self,
        version: u32,
        what: Signed,
        data: &[u8],
        signature: &[u8],
    ) -> Result<(), VaultError> {
        let expected = self.begin(version, what, data)?;
        expected.verify_slice(signature).map_err(|_| VaultError::Integrity)
    }

    fn begin(&self, version: u32, what: Signed, data: &[u8]) -> Result<Hmac<Sha256>, VaultError> {
        let master = self.keys.get(&version).ok_or(VaultError::UnknownKek(version))?;
        let key = master.subkey(LABEL, &[what.label()])?;
        let mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).map_err(|_| VaultError::Malformed)?;
        Ok(mac.chain_update(data))
    }
}
