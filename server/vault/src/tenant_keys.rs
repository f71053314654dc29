//! Seals and opens a tenant's secrets with its data keys.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use uuid::Uuid;

use crate::{
    Context, DataKey, Header, MAX_PLAINTEXT, VaultError, entropy,
    envelope::{self, HEADER_LEN, NONCE_LEN},
    sealed_with,
};

/// The owner of secrets that belong to no tenant, such as operators' TOTP secrets: the nil UUID.
pub const PLATFORM: Uuid = Uuid::nil();

/// The first part of the HKDF info of every subkey.
const SUBKEY_LABEL: &[u8] = b"bowline/subkey/v1";

/// The first part of the HKDF info of every keyed hash.
const DIGEST_LABEL: &[u8] = b"bowline/digest/v1";

/// All data keys of a tenant that are in use. New values are sealed with the current one.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    tenant: Uuid,
    current: u32,
    keys: BTreeMap<u32, DataKey>,
}

impl TenantKeys {
    /// The data keys of `tenant`; version `current` seals new values.
    ///
    /// # Errors
    /// [`VaultError::KeySet`] if a key belongs to another tenant, or a version is duplicated or missing.
    pub fn new(
        tenant: Uuid,
        current: u32,
        keys: impl IntoIterator<Item = DataKey>,
    ) -> Result<Self, VaultError> {
        let mut set = BTreeMap::new();
        for key in keys {
            if key.tenant != tenant || set.insert(key.version, key).is_some() {
                return Err(VaultError::KeySet);
            }
        }
        if !set.contains_key(&current) {
            return Err(VaultError::KeySet);
        }
        Ok(Self { tenant, current, keys: set })
    }

    /// The tenant whose keys these are.
    #[must_use]
    pub fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The version that seals new values.
    #[must_use]
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Whether an envelope is sealed with an older key and needs resealing.
    ///
    /// # Errors
    /// [`VaultError::Malformed`], as for [`sealed_with`].
    pub fn is_stale(&self, sealed: &[u8]) -> Result<bool, VaultError> {
        Ok(sealed_with(sealed)?.data_key != self.current)
    }

    /// Encrypts `plaintext` for this context with a random nonce, so that no two results are equal.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] above [`MAX_PLAINTEXT`]; [`VaultError::Entropy`].
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_with_nonce(context, plaintext, entropy::random()?)
    }

    /// Decrypts a value that was sealed for exactly this context.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] if it was not; [`VaultError::Malformed`] if it is not an envelope;
    /// [`VaultError::UnknownDataKey`] if its key is not in this set.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>, VaultError> {
        let header = sealed_with(sealed)?;
        if header.purpose != context.purpose || header.has_facts != context.has_facts() {
            return Err(VaultError::Integrity);
        }
        let (subkey, associated) = self.prepare(context, header)?;
        envelope::decrypt(&subkey, HEADER_LEN, &associated, sealed)
    }

    /// [`open`](Self::open) for text.
    ///
    /// # Errors
    /// The errors of `open`, and [`VaultError::NotText`].
    pub fn open_string(&self, context: &Context<'_>, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let opened = self.open(context, sealed)?;
        let text = str::from_utf8(opened.expose_secret()).map_err(|_| VaultError::NotText)?;
        Ok(SecretString::from(text))
    }

    /// A keyed hash by which equal values of this tenant are found without storing them. `label` separates one use from another. It is
    /// made with the oldest key, so that it changes only when that key is removed.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] above [`MAX_PLAINTEXT`].
    pub fn digest(&self, label: &str, value: &[u8]) -> Result<[u8; 32], VaultError> {
        if value.len() > MAX_PLAINTEXT {
            return Err(VaultError::TooLarge(value.len()));
        }
        let (_, key) = self.keys.first_key_value().ok_or(VaultError::KeySet)?;
        let length = label.len().to_be_bytes();
        let info = [DIGEST_LABEL, &length, label.as_bytes(), value];
        Ok(*key.key.subkey(self.tenant.as_bytes(), &info)?)
    }

    /// [`seal`](Self::seal) with a given nonce, for the test that pins the format.
    pub(crate) fn seal_with_nonce(
        &self,
        context: &Context<'_>,
        plaintext: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Result<Vec<u8>, VaultError> {
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(VaultError::TooLarge(plaintext.len()));
        }
        let header = Header::new(context.has_facts(), context.purpose, self.current);
        let (subkey, associated) = self.prepare(context, header)?;
        envelope::encrypt(&subkey, &header.encode(), nonce, &associated, plaintext)
    }

    /// Derives the purpose's subkey and builds the associated data.
    fn prepare(
        &self,
        context: &Context<'_>,
        header: Header,
    ) -> Result<(zeroize::Zeroizing<[u8; 32]>, Vec<u8>), VaultError> {
        let key = self.keys.get(&header.data_key).ok_or(VaultError::UnknownDataKey(header.data_key))?;
        let purpose = [context.purpose.code()];
        let subkey = key.key.subkey(self.tenant.as_bytes(), &[SUBKEY_LABEL, &purpose])?;
        let associated = context.associated_data(&header.encode(), self.tenant)?;
        Ok((subkey, associated))
    }
}
