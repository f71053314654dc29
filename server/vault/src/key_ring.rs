//! The master keys (KEKs). They wrap the tenants' data keys and can prove that this is the right ring.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    AuditKeys, DataKey, KeyFileError, VaultError, WRAPPED_LEN, WrappedDataKey, entropy, envelope,
    key_material::{KEY_LEN, KeyMaterial},
};
use secrecy::ExposeSecret;

/// Length of a check value in bytes.
pub const CHECK_LEN: usize = 32;

const CHECK_LABEL: &[u8] = b"bowline/kek-check/v1";
/// HKDF salt for keys that callers derive, so that no label of theirs yields an internal key.
const DERIVE_LABEL: &[u8] = b"bowline/kek-derive/v1";
const WRAP_LABEL: &[u8] = b"bowline/dek-wrap/v1";
/// The first byte of a wrapped data key.
const WRAP_FORMAT: u8 = 1;

/// The state of a master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KekState {
    /// The key wraps and unwraps. Exactly one key of a ring is active.
    Active,
    /// The key unwraps what it wrapped earlier, while rotation moves the data keys to the active key.
    DecryptOnly,
    /// The key is no longer used. It stays in the file as a record of the version.
    Disabled,
}

/// Information about a master key, without the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KekInfo {
    /// The version, at least 1 and never reused.
    pub version: u32,
    /// The key's state.
    pub state: KekState,
    /// When the key was created.
    pub created: DateTime<Utc>,
}

/// The keys of a key ring file. `Debug` shows versions and states but no keys.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pub(crate) active: u32,
    pub(crate) keks: BTreeMap<u32, Kek>,
}

#[derive(Debug, Clone)]
pub(crate) struct Kek {
    pub(crate) state: KekState,
    pub(crate) created: DateTime<Utc>,
    pub(crate) key: KeyMaterial,
}

impl KeyRing {
    /// Creates a ring with one active key, version 1.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn generate(created: DateTime<Utc>) -> Result<Self, VaultError> {
        let kek = Kek { state: KekState::Active, created, key: KeyMaterial::random()? };
        Ok(Self { active: 1, keks: BTreeMap::from([(1, kek)]) })
    }

    /// Builds a ring from the keys of a file.
    pub(crate) fn assemble(keks: BTreeMap<u32, Kek>) -> Result<Self, KeyFileError> {
        let mut active =
            keks.iter().filter(|(_, kek)| kek.state == KekState::Active).map(|(version, _)| *version);
        let (Some(version), 0) = (active.next(), active.count()) else {
            let count = keks.values().filter(|kek| kek.state == KekState::Active).count();
            return Err(KeyFileError::ActiveKeys(count));
        };
        Ok(Self { active: version, keks })
    }

    /// The version that wraps new data keys.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// All keys ordered by version, without the keys themselves.
    pub fn versions(&self) -> impl Iterator<Item = KekInfo> + '_ {
        self.keks.iter().map(|(version, kek)| KekInfo {
            version: *version,
            state: kek.state,
            created: kek.created,
        })
    }

    /// Adds a new active key and makes the old one decrypt-only. Returns the new version.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn add_version(&mut self, created: DateTime<Utc>) -> Result<u32, VaultError> {
        let key = KeyMaterial::random()?;
        let newest = self.keks.keys().next_back().copied().unwrap_or(0);
        let version = newest.checked_add(1).ok_or(VaultError::KeySet)?;
        if let Some(old) = self.keks.get_mut(&self.active) {
            old.state = KekState::DecryptOnly;
        }
        let state = KekState::Active;
        self.keks.insert(version, Kek { state, created, key });
        self.active = version;
        Ok(version)
    }

    /// Disables a key. The caller must make sure that it no longer wraps any data key.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`]; [`VaultError::KeySet`] for the active key.
    pub fn disable(&mut self, version: u32) -> Result<(), VaultError> {
        if version == self.active {
            return Err(VaultError::KeySet);
        }
        let kek = self.keks.get_mut(&version).ok_or(VaultError::UnknownKek(version))?;
        kek.state = KekState::Disabled;
        Ok(())
    }

    /// Derives a key for a use that seals nothing, such as signing list cursors. All replicas with this ring derive the
    /// same key.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`], [`VaultError::KekDisabled`].
    pub fn derive(&self, version: u32, label: &str) -> Result<zeroize::Zeroizing<[u8; KEY_LEN]>, VaultError> {
        let kek = self.keks.get(&version).ok_or(VaultError::UnknownKek(version))?;
        if kek.state == KekState::Disabled {
            return Err(VaultError::KekDisabled(version));
        }
        kek.key.subkey(DERIVE_LABEL, &[&version.to_be_bytes(), label.as_bytes()])
    }

    /// The keys that sign the audit log, of all versions including disabled ones.
    ///
    /// # Errors
    /// Does not occur in practice, because the lengths are fixed.
    pub fn audit_keys(&self) -> Result<AuditKeys, VaultError> {
        AuditKeys::derive(self.active, self.keks.iter().map(|(version, kek)| (*version, &kek.key)))
    }

    /// The value by which the database recognises this key. It reveals nothing about the key.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`].
    pub fn check_value(&self, version: u32) -> Result<[u8; CHECK_LEN], VaultError> {
        let kek = self.keks.get(&version).ok_or(VaultError::UnknownKek(version))?;
        let check = kek.key.subkey(CHECK_LABEL, &[&version.to_be_bytes()])?;
        Ok(*check)
    }

    /// Compares a stored check value in constant time. The server does not start if this fails.
    ///
    /// # Errors
    /// [`VaultError::WrongKek`] if the value differs; [`VaultError::UnknownKek`].
    pub fn verify_check(&self, version: u32, stored: &[u8]) -> Result<(), VaultError> {
        let own = self.check_value(version)?;
        if bool::from(own.as_slice().ct_eq(stored)) { Ok(()) } else { Err(VaultError::WrongKek(version)) }
    }

    /// Creates a data key for a tenant; returns it with its form wrapped by the active key.
    ///
    /// # Errors
    /// [`VaultError::Entropy`]; [`VaultError::KeySet`] for version 0.
    pub fn new_data_key(&self, tenant: Uuid, version: u32) -> Result<(DataKey, WrappedDataKey), VaultError> {
        if version == 0 {
            return Err(VaultError::KeySet);
        }
        let data_key = DataKey { tenant, version, key: KeyMaterial::random()? };
        let wrapped = self.wrap(&data_key)?;
        Ok((data_key, wrapped))
    }

    /// Wraps a data key with the active key.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn wrap(&self, data_key: &DataKey) -> Result<WrappedDataKey, VaultError> {
        self.wrap_with_nonce(data_key, entropy::random()?)
    }

    /// Unwraps a stored data key, which must be this tenant's key of this version.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] if it is not; [`VaultError::Malformed`], [`VaultError::UnknownKek`],
    /// [`VaultError::KekDisabled`].
    pub fn unwrap(
        &self,
        tenant: Uuid,
        version: u32,
        wrapped: &WrappedDataKey,
    ) -> Result<DataKey, VaultError> {
        if wrapped.bytes.len() != WRAPPED_LEN || wrapped.bytes.first() != Some(&WRAP_FORMAT) {
            return Err(VaultError::Malformed);
        }
        let subkey = self.wrapping_key(wrapped.kek_version)?;
        let associated = wrap_data(tenant, version, wrapped.kek_version);
        let opened = envelope::decrypt(&subkey, 1, &associated, &wrapped.bytes)?;
        let key = <&[u8; KEY_LEN]>::try_from(opened.expose_secret()).map_err(|_| VaultError::Malformed)?;
        Ok(DataKey { tenant, version, key: KeyMaterial::copied_from(key) })
    }

    /// Rewraps a stored data key with the active key. The data key and everything sealed with it stay valid.
    ///
    /// # Errors
    /// The errors of [`unwrap`](Self::unwrap) and [`wrap`](Self::wrap).
    pub fn rewrap(
        &self,
        tenant: Uuid,
        version: u32,
        wrapped: &WrappedDataKey,
    ) -> Result<WrappedDataKey, VaultError> {
        self.wrap(&self.unwrap(tenant, version, wrapped)?)
    }

    pub(crate) fn wrap_with_nonce(
        &self,
        data_key: &DataKey,
        nonce: [u8; envelope::NONCE_LEN],
    ) -> Result<WrappedDataKey, VaultError> {
        let subkey = self.wrapping_key(self.active)?;
        let associated = wrap_data(data_key.tenant, data_key.version, self.active);
        let bytes = envelope::encrypt(&subkey, &[WRAP_FORMAT], nonce, &associated, data_key.key.expose())?;
        Ok(WrappedDataKey { kek_version: self.active, bytes })
    }

    fn wrapping_key(&self, version: u32) -> Result<zeroize::Zeroizing<[u8; KEY_LEN]>, VaultError> {
        let kek = self.keks.get(&version).ok_or(VaultError::UnknownKek(version))?;
        if kek.state == KekState::Disabled {
            return Err(VaultError::KekDisabled(version));
        }
        kek.key.subkey(WRAP_LABEL, &[&version.to_be_bytes()])
    }
}

/// The associated data of a wrapped key: its tenant and versions. Every part has a fixed length.
fn wrap_data(tenant: Uuid, version: u32, kek_version: u32) -> Vec<u8> {
    let mut data = WRAP_LABEL.to_vec();
    data.push(WRAP_FORMAT);
    data.extend(tenant.as_bytes());
    data.extend(version.to_be_bytes());
    data.extend(kek_version.to_be_bytes());
    data
}
