//! Tenants' wrapped data keys, and the check values of the master keys that wrap them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::{accounts, connectors, data_keys, master_key_checks};
use super::{OperatorTx, PlatformTx, TenantTx};
use crate::domain::Result;

/// A tenant's data key, without its time.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = data_keys, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct DataKeyRow {
    pub version: i32,
    pub kek_version: i32,
    pub wrapped: Vec<u8>,
}

impl TenantTx {
    /// All data keys of the tenant, oldest first.
    pub async fn data_keys(&mut self) -> Result<Vec<DataKeyRow>> {
        let data_key_query = data_keys::table
            .filter(data_keys::tenant_id.eq(self.tenant_uuid()))
            .order(data_keys::version)
            .select(DataKeyRow::as_select());
        Ok(data_key_query.load(self.connection()).await?)
    }

    /// Adds a data key.
    pub async fn insert_data_key(&mut self, key: &DataKeyRow) -> Result<()> {
        let values = (
            data_keys::tenant_id.eq(self.tenant_uuid()),
            data_keys::version.eq(key.version),
            data_keys::kek_version.eq(key.kek_version),
            data_keys::wrapped.eq(&key.wrapped),
        );
        diesel::insert_into(data_keys::table).values(values).execute(self.connection()).await?;
        Ok(())
    }
}

/// The master keys with which the rows were sealed.
#[derive(Debug, Clone)]
pub struct UsedMasterKeys {
    /// The versions that wrap a data key.
    pub versions: Vec<i32>,
    /// Whether there is any data key, or a row with something sealed.
    pub is_sealed: bool,
}

impl OperatorTx {
    /// The master keys that wrap data keys, and whether anything is sealed at all.
    pub async fn used_master_keys(&mut self) -> Result<UsedMasterKeys> {
        let versions: Vec<i32> =
            data_keys::table.select(data_keys::kek_version).distinct().load(self.connection()).await?;
        let connector: Option<Uuid> =
            connectors::table.select(connectors::id).first(self.connection()).await.optional()?;
        let account: Option<Uuid> =
            accounts::table.select(accounts::id).first(self.connection()).await.optional()?;
        let is_sealed = !versions.is_empty() || connector.is_some() || account.is_some();
        Ok(UsedMasterKeys { versions, is_sealed })
    }
}

impl PlatformTx {
    /// The versions of the master keys that this database knows.
    pub async fn master_key_versions(&mut self) -> Result<Vec<i32>> {
        let data_key_query = master_key_checks::table
            .select(master_key_checks::kek_version)
            .order(master_key_checks::kek_version);
        Ok(data_key_query.load(self.connection()).await?)
    }

    /// The check value that was stored for a master key, if any.
    pub async fn master_key_check(&mut self, version: i32) -> Result<Option<Vec<u8>>> {
        let data_key_query = master_key_checks::table.find(version).select(master_key_checks::check_value);
        Ok(data_key_query.first(self.connection()).await.optional()?)
    }

    /// Stores a check value if there is none for this version yet.
    pub async fn insert_master_key_check(&mut self, version: i32, value: &[u8]) -> Result<()> {
        let values = (master_key_checks::kek_version.eq(version), master_key_checks::check_value.eq(value));
        diesel::insert_into(master_key_checks::table)
            .values(values)
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
