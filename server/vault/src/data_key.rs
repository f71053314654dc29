//! A tenant's data key, and its form wrapped by a key of the ring.

use uuid::Uuid;

use crate::key_material::KeyMaterial;

/// Bytes of a wrapped data key: format, nonce, key, tag.
pub const WRAPPED_LEN: usize = 1 + 24 + 32 + 16;

/// One version of one tenant's key. Comes from [`KeyRing`](crate::KeyRing) alone.
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

    /// The version that envelopes name, at least 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// A data key as it is stored. Deleting it erases everything sealed with it, for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedDataKey {
    /// The key ring version that wraps it.
    pub kek_version: u32,
    /// [`WRAPPED_LEN`] bytes.
    pub bytes: Vec<u8>,
}
