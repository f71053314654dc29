//! The master keys (KEKs): what wraps the tenants' data keys, and proves that it is the right ring.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    AuditKeys, DataKey, KeyFileError, VaultError, WRAPPED_LEN, WrappedDataKey, entropy, envelope,
    key_material::{KEY_LEN, KeyMaterial},
};
use secrecy::ExposeSecret;

/// Bytes of a check value.
pub const CHECK_LEN: usize = 32;

const CHECK_LABEL: &[u8] = b"bowline/kek-check/v1";
/// Salt of keys that are derived for others, so that no label of theirs yields one of ours.
const DERIVE_LABEL: &[u8] = b"bowline/kek-derive/v1";
const WRAP_LABEL: &[u8] = b"bowline/dek-wrap/v1";
/// First byte of a wrapped data key.
const WRAP_FORMAT: u8 = 1;

/// What a key of the ring may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KekState {
    /// Wraps and unwraps; exactly one key of a ring is active.
    Active,
    /// Unwraps what it wrapped before, while rotation moves the data keys to the active one.
    DecryptOnly,
    /// Does nothing any more; stands in the file as a record of the version.
    Disabled,
}

/// A key of the ring, without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KekInfo {
    /// At least 1, never reused.
    pub version: u32,
    /// What it may do.
    pub state: KekState,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// The keys of a key ring file. `Debug` shows versions and states, no key.
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
    /// A new ring of one active key, version 1.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn generate(created: DateTime<Utc>) -> Result<Self, VaultError> {
        let kek = Kek { state: KekState::Active, created, key: KeyMaterial::random()? };
        Ok(Self { active: 1, keks: BTreeMap::from([(1, kek)]) })
    }

    /// Builds a ring of keys read from a file.
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

    /// Every key in the order of its version, without the keys themselves.
    pub fn versions(&self) -> impl Iterator<Item = KekInfo> + '_ {
        self.keks.iter().map(|(version, kek)| KekInfo {
            version: *version,
            state: kek.state,
            created: kek.created,
        })
    }

    /// Adds a new active key and makes the old one decrypt-only; returns the new version.
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

    /// Disables a key that wraps nothing any more. The caller has made sure that no data key is left.
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

    /// A key for a use that seals nothing, such as signing list cursors: the same on every replica that has this ring.
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

    /// The keys that sign the audit log, of every version, disabled ones too.
    ///
    /// # Errors
    /// Never in practice: the lengths fit.
    pub fn audit_keys(&self) -> Result<AuditKeys, VaultError> {
        AuditKeys::derive(self.active, self.keks.iter().map(|(version, kek)| (*version, &kek.key)))
    }

    /// What the database keeps to know this key again; it tells nothing about the key.
    ///
    /// # Errors
    /// [`VaultError::UnknownKek`].
    pub fn check_value(&self, version: u32) -> Result<[u8; CHECK_LEN], VaultError> {
        let kek = self.keks.get(&version).ok_or(VaultError::UnknownKek(version))?;
        let check = kek.key.subkey(CHECK_LABEL, &[&version.to_be_bytes()])?;
        Ok(*check)
    }

    /// Compares a stored check value in constant time. The server does not start on an error.
    ///
    /// # Errors
    /// [`VaultError::WrongKek`] if it differs, [`VaultError::UnknownKek`].
    pub fn verify_check(&self, version: u32, stored: &[u8]) -> Result<(), VaultError> {
        let own = self.check_value(version)?;
        if bool::from(own.as_slice().ct_eq(stored)) { Ok(()) } else { Err(VaultError::WrongKek(version)) }
    }

    /// A new data key for a tenant, and its stored form under the active key.
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

    /// The stored form of a data key under the active key.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn wrap(&self, data_key: &DataKey) -> Result<WrappedDataKey, VaultError> {
        self.wrap_with_nonce(data_key, entropy::random()?)
    }

    /// Opens a stored data key, which must be this tenant's key of this version.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] if it is not; [`VaultError::Malformed`],
    /// [`VaultError::UnknownKek`], [`VaultError::KekDisabled`].
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

    /// Moves a stored data key to the active key; the data key, and all sealed with it, stay.
    ///
    /// # Errors
    /// Those of [`unwrap`](Self::unwrap) and [`wrap`](Self::wrap).
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

/// Ties a wrapped key to its tenant and versions; every part has a fixed length.
fn wrap_data(tenant: Uuid, version: u32, kek_version: u32) -> Vec<u8> {
    let mut data = WRAP_LABEL.to_vec();
    data.push(WRAP_FORMAT);
    data.extend(tenant.as_bytes());
    data.extend(version.to_be_bytes());
    data.extend(kek_version.to_be_bytes());
    data
}
