//! A tenant's data key, and its form wrapped by a master key.

use uuid::Uuid;

use crate::key_material::KeyMaterial;

/// Length of a wrapped data key in bytes: format, nonce, key, tag.
pub const WRAPPED_LEN: usize = 1 + 24 + 32 + 16;

/// One version of a tenant's data key. Only [`KeyRing`](crate::KeyRing) creates it.
#[derive(Debug, Clone)]
pub struct DataKey {
    pub(crate) tenant: Uuid,
    pub(crate) version: u32,
    pub(crate) key: KeyMaterial,
}

impl DataKey {
    /// The tenant whose key this is.
    #[must_use]
    pub fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The version that envelopes contain, at least 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// A data key as it is stored. Deleting it permanently erases everything that was sealed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedDataKey {
    /// The version of the master key that wraps it.
    pub kek_version: u32,
    /// [`WRAPPED_LEN`] bytes.
    pub bytes: Vec<u8>,
}
