//! The keys that the audit log is signed with: one for each master key of the ring, whatever that may still do.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{VaultError, key_material::KeyMaterial};

/// Salt of these keys, so that no other key of the ring is one of them.
const LABEL: &[u8] = b"bowline/audit/v1";

/// Bytes of a MAC.
pub const MAC_LEN: usize = 32;

/// What is signed. Each use has its own key, so that a signature of one is never one of the other.
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

/// The keys of one ring. They do not depend on tenants' data keys, and those of disabled master keys are among them: what was
/// signed can be checked after a rotation and after a tenant's keys were destroyed.
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

    /// The version that signs now; it is stored beside each signature.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// The signature of `data` by the key of `version`: HMAC-SHA-256.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`] where the ring has no such version.
    pub fn sign(&self, version: u32, what: Signed, data: &[u8]) -> Result<[u8; MAC_LEN], VaultError> {
        Ok(self.begin(version, what, data)?.finalize().into_bytes().into())
    }

    /// Compares a signature in constant time.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] where it is another; [`VaultError::UnknownKek`] where the ring has no such version.
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
