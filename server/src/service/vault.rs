//! The tenants' data keys in memory, and the sealing and opening of values.

use std::fmt::Display;
use std::sync::Arc;

use bowline_api::TenantId;
use bowline_vault::{Context, DataKey, KeyRing, TenantKeys, VaultError, WrappedDataKey};
use quick_cache::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::domain::{About, Error, Result};
use crate::store::data_keys::DataKeyRow;
use crate::store::{PlatformTx, Store, TenantTx};

/// The number of tenants whose opened data keys stay in memory.
const CACHED_TENANTS: usize = 10_000;
const DATA_KEYS_COLUMN: &str = "data_keys.wrapped";

/// Opens tenants' data keys with the key ring, and caches them.
pub struct Vault {
    ring: KeyRing,
    opened: Cache<Uuid, Arc<TenantKeys>>,
}

impl Vault {
    /// A vault without cached keys.
    pub fn new(ring: KeyRing) -> Self {
        Self { ring, opened: Cache::new(CACHED_TENANTS) }
    }

    /// The master keys.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Creates the first data key of a new tenant.
    pub async fn create_keys(&self, tx: &mut TenantTx) -> Result<()> {
        let (_, wrapped) = self.ring.new_data_key(tx.tenant().uuid(), 1).map_err(sealing)?;
        tx.insert_data_key(&row(1, wrapped)?).await
    }

    /// The keys of the transaction's tenant.
    ///
    /// # Errors
    /// `integrity_error` if the tenant has none, or the key ring does not open them.
    pub async fn keys(&self, tx: &mut TenantTx) -> Result<Arc<TenantKeys>> {
        let tenant = tx.tenant();
        if let Some(keys) = self.opened.get(&tenant.uuid()) {
            return Ok(keys);
        }
        let keys = Arc::new(self.open_keys(tenant, tx.data_keys().await?)?);
        self.opened.insert(tenant.uuid(), Arc::clone(&keys));
        Ok(keys)
    }

    /// The keys of `tenant`, which are read if they are not in memory.
    ///
    /// # Errors
    /// Those of [`keys`](Self::keys) and of a transaction.
    pub async fn keys_of(&self, store: &Store, tenant: TenantId) -> Result<Arc<TenantKeys>> {
        if let Some(keys) = self.opened.get(&tenant.uuid()) {
            return Ok(keys);
        }
        // Boxed, because calls that find the keys in memory should not reserve space for reading them.
        Box::pin(self.read_keys(store, tenant)).await
    }

    async fn read_keys(&self, store: &Store, tenant: TenantId) -> Result<Arc<TenantKeys>> {
        store.scoped(tenant, async |tx| self.keys(tx).await).await
    }

    fn open_keys(&self, tenant: TenantId, rows: Vec<DataKeyRow>) -> Result<TenantKeys> {
        if rows.is_empty() {
            // Every tenant is created with a data key, and nothing deletes data keys.
            return Err(tampered(DATA_KEYS_COLUMN, About::Tenant(tenant), &"the tenant has no data key"));
        }
        let mut newest = 0;
        let mut opened: Vec<DataKey> = Vec::with_capacity(rows.len());
        for row in rows {
            let version = unsigned(row.version)?;
            let wrapped = WrappedDataKey { kek_version: unsigned(row.kek_version)?, bytes: row.wrapped };
            opened.push(
                self.ring
                    .unwrap(tenant.uuid(), version, &wrapped)
                    .map_err(|error| tampered(DATA_KEYS_COLUMN, About::Tenant(tenant), &error))?,
            );
            newest = newest.max(version);
        }
        TenantKeys::new(tenant.uuid(), newest, opened).map_err(sealing)
    }

    /// Compares every master key of the ring with its check value in the database. Stores missing check values, except
    /// for a version with which something was sealed, and if it is not known which version sealed the existing values.
    ///
    /// # Errors
    /// If the key ring has another key for a version that the database knows, or lacks such a version; or if check
    /// values are missing that must exist.
    pub async fn check(&self, store: &Store) -> Result<()> {
        let unknown = store.platform(async |tx| self.compare_ring(tx).await).await?;
        if unknown.is_empty() {
            return Ok(());
        }
        let mut used = store.operator(async |tx| tx.used_master_keys().await).await?;
        let of_operators = store.platform(async |tx| tx.totp_master_keys().await).await?;
        used.is_sealed |= !of_operators.is_empty();
        used.versions.extend(of_operators);
        let known = self.ring.versions().count() > unknown.len();
        if used.is_sealed && !known {
            return Err(Error::bug(
                "the database has sealed values and no check value of a master key: restore master_key_checks from a backup",
            ));
        }
        if used.versions.iter().any(|version| unknown.contains(version)) {
            return Err(Error::bug(
                "the database has data keys of a master key without a check value: restore master_key_checks from a backup",
            ));
        }
        store.platform(async |tx| self.introduce_keys(tx, &unknown).await).await
    }

    /// The versions of the ring that the database does not know. Fails if a version that it does know has another key.
    async fn compare_ring(&self, tx: &mut PlatformTx) -> Result<Vec<i32>> {
        let versions: Vec<i32> =
            self.ring.versions().map(|info| signed(info.version)).collect::<Result<_>>()?;
        let known = tx.master_key_versions().await?;
        if known.iter().any(|version| !versions.contains(version)) {
            return Err(Error::bug("the key ring lacks a master key that this database was sealed with"));
        }
        for version in &known {
            self.compare_one(tx, *version).await?;
        }
        Ok(versions.into_iter().filter(|version| !known.contains(version)).collect())
    }

    async fn compare_one(&self, tx: &mut PlatformTx, version: i32) -> Result<()> {
        let stored = tx.master_key_check(version).await?;
        let stored = stored.ok_or_else(|| Error::bug("a check value is gone"))?;
        self.ring.verify_check(unsigned(version)?, &stored).map_err(|source| {
            Error::internal("the key ring is not the one that this database was sealed with", source)
        })
    }

    async fn introduce_keys(&self, tx: &mut PlatformTx, versions: &[i32]) -> Result<()> {
        for version in versions {
            let value = self.ring.check_value(unsigned(*version)?).map_err(sealing)?;
            tx.insert_master_key_check(*version, &value).await?;
            // The value is read again, because another process with another ring may have stored it first.
            self.compare_one(tx, *version).await?;
        }
        Ok(())
    }
}

/// Seals a text for the place where it belongs.
///
/// # Errors
/// If it is too long, or the operating system provides no randomness.
pub fn seal(keys: &TenantKeys, place: &Context<'_>, secret: &SecretString) -> Result<Vec<u8>> {
    keys.seal(place, secret.expose_secret().as_bytes()).map_err(sealing)
}

/// Opens a text that was sealed for this place.
///
/// # Errors
/// `integrity_error` if the value was moved, edited or put back. This raises the alarm, and the transaction that ends
/// with the error records it in the audit log; without a transaction, use [`noted`].
pub fn open(
    keys: &TenantKeys,
    place: &Context<'_>,
    what: &'static str,
    about: About,
    sealed: &[u8],
) -> Result<SecretString> {
    keys.open_string(place, sealed).map_err(|error| tampered(what, about, &error))
}

/// Raises the alarm for a stored value that is not what the server has stored.
pub fn tampered(what: &'static str, about: About, found: &dyn Display) -> Error {
    crate::metrics::integrity_error(what, about, found);
    Error::Integrity { what, about }
}

/// Records an integrity failure that was found outside a transaction in the tenant's audit log.
///
/// # Errors
/// Those of `outcome`, and those of a transaction.
pub async fn noted<T>(store: &Store, tenant: TenantId, outcome: Result<T>) -> Result<T> {
    if matches!(outcome, Err(Error::Integrity { .. })) {
        return store.scoped(tenant, async |_| outcome).await;
    }
    outcome
}

fn row(version: u32, wrapped: WrappedDataKey) -> Result<DataKeyRow> {
    Ok(DataKeyRow {
        version: signed(version)?,
        kek_version: signed(wrapped.kek_version)?,
        wrapped: wrapped.bytes,
    })
}

fn unsigned(version: i32) -> Result<u32> {
    u32::try_from(version).map_err(|source| Error::internal("a key version is negative", source))
}

fn signed(version: u32) -> Result<i32> {
    i32::try_from(version).map_err(|source| Error::internal("a key version is too large", source))
}

fn sealing(error: VaultError) -> Error {
    Error::internal("sealing failed", error)
}
