//! Data keys of rows that belong to no tenant: each row has a key of its own, which a master key wraps and which is stored beside what it
//! seals.

use bowline_vault::{PLATFORM, TenantKeys, VaultError, WrappedDataKey};

use crate::app::App;
use crate::domain::{Error, Result};

/// The version of the only data key of a row.
const OWN_KEY_VERSION: u32 = 1;

/// A new data key.
pub(super) struct OwnKey {
    /// Seals what the row keeps.
    pub(super) keys: TenantKeys,
    /// The version of the master key that wraps it.
    pub(super) kek_version: i32,
    /// The wrapped key.
    pub(super) wrapped: Vec<u8>,
}

/// A new data key, wrapped by the active master key.
///
/// # Errors
/// If the operating system provides no randomness.
pub(super) fn generate(app: &App) -> Result<OwnKey> {
    let failed = |error| Error::internal("a data key of a row", error);
    let (key, wrapped) = app.vault.ring().new_data_key(PLATFORM, OWN_KEY_VERSION).map_err(failed)?;
    let keys = TenantKeys::new(PLATFORM, OWN_KEY_VERSION, [key]).map_err(failed)?;
    let kek_version =
        i32::try_from(wrapped.kek_version).map_err(|error| Error::internal("a version", error))?;
    Ok(OwnKey { keys, kek_version, wrapped: wrapped.bytes })
}

/// The data key of a row.
///
/// # Errors
/// If the wrapped key was edited, or the key ring has no such master key.
pub(super) fn unwrap(
    app: &App,
    kek_version: i32,
    wrapped: &[u8],
) -> std::result::Result<TenantKeys, VaultError> {
    let wrapped = WrappedDataKey {
        kek_version: u32::try_from(kek_version).unwrap_or_default(),
        bytes: wrapped.to_vec(),
    };
    let key = app.vault.ring().unwrap(PLATFORM, OWN_KEY_VERSION, &wrapped)?;
    TenantKeys::new(PLATFORM, OWN_KEY_VERSION, [key])
}
