//! API keys. Only the digest of the secret is stored.

pub mod lookup;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::api_keys;
use super::{TenantTx, coalesce};
use crate::domain::Result;
use crate::domain::credential::Digest;
use lookup::WorkingKey;

/// A row without its digest.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct ApiKeyRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub name: String,
    pub permissions: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub suspended_at: Option<DateTime<Utc>>,
    pub suspended_reason: Option<String>,
    pub last_used_on: Option<NaiveDate>,
}

/// Why a key does not work that would work otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Its tenant is frozen.
    Frozen,
    /// It was suspended.
    Suspended,
}

impl TenantTx {
    /// The tenant's key with the digest `secret`, if it works now.
    pub(super) async fn working_api_key(&mut self, secret: Digest) -> Result<Option<WorkingKey>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let api_key_query = api_keys::table
            .filter(api_keys::tenant_id.eq(self.tenant_uuid()))
            .filter(api_keys::secret_hash.eq(secret.as_bytes()))
            .filter(api_keys::revoked_at.is_null().and(api_keys::suspended_at.is_null()))
            .filter(api_keys::frozen.eq(false))
            .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.assume_not_null().gt(now)))
            .select(WorkingKey::as_select());
        Ok(api_key_query.first(self.connection()).await.optional()?)
    }

    /// Writes down that these keys are used today (UTC), unless that is known.
    pub async fn note_key_use(&mut self, keys: &[Uuid]) -> Result<()> {
        let today = self.now().await?.date_naive();
        let not_noted =
            api_keys::last_used_on.is_null().or(api_keys::last_used_on.assume_not_null().lt(today));
        let update = diesel::update(api_keys::table)
            .filter(api_keys::tenant_id.eq(self.tenant_uuid()).and(api_keys::id.eq_any(keys)))
            .filter(not_noted)
            .set(api_keys::last_used_on.eq(today));
        update.execute(self.connection()).await?;
        Ok(())
    }

    /// Why the tenant's key with the digest `secret` does not work; none if it works, or if there is no such key, or it is revoked or
    /// expired.
    pub async fn why_hidden(&mut self, secret: Digest) -> Result<Option<Hidden>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let api_key_query = api_keys::table
            .filter(api_keys::tenant_id.eq(self.tenant_uuid()))
            .filter(api_keys::secret_hash.eq(secret.as_bytes()))
            .filter(api_keys::revoked_at.is_null())
            .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.assume_not_null().gt(now)))
            .select((api_keys::frozen, api_keys::suspended_at.is_not_null()));
        let found: Option<(bool, bool)> = api_key_query.first(self.connection()).await.optional()?;
        Ok(match found {
            Some((true, _)) => Some(Hidden::Frozen),
            Some((false, true)) => Some(Hidden::Suspended),
            Some((false, false)) | None => None,
        })
    }

    /// All API keys of the tenant, newest first, including revoked ones.
    pub async fn api_keys(&mut self) -> Result<Vec<ApiKeyRow>> {
        let api_key_query = api_keys::table
            .filter(api_keys::tenant_id.eq(self.tenant_uuid()))
            .order(api_keys::id.desc())
            .select(ApiKeyRow::as_select());
        Ok(api_key_query.load(self.connection()).await?)
    }

    /// Adds a key. That of a frozen tenant is frozen.
    pub async fn insert_api_key(
        &mut self,
        id: Uuid,
        name: &str,
        secret: Digest,
        permissions: &[String],
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<ApiKeyRow> {
        let frozen = self.hold_is_frozen().await?;
        let values = (
            api_keys::frozen.eq(frozen),
            api_keys::tenant_id.eq(self.tenant_uuid()),
            api_keys::id.eq(id),
            api_keys::name.eq(name),
            api_keys::secret_hash.eq(secret.as_bytes()),
            api_keys::permissions.eq(permissions),
            api_keys::expires_at.eq(expires_at),
        );
        let insert = diesel::insert_into(api_keys::table).values(values).returning(ApiKeyRow::as_returning());
        Ok(insert.get_result(self.connection()).await?)
    }

    /// One API key, locked until the transaction ends.
    pub async fn lock_api_key(&mut self, id: Uuid) -> Result<Option<ApiKeyRow>> {
        let api_key_query =
            api_keys::table.find((self.tenant_uuid(), id)).for_update().select(ApiKeyRow::as_select());
        Ok(api_key_query.first(self.connection()).await.optional()?)
    }

    /// Sets when an API key expires. None if there is no such key.
    pub async fn expire_api_key(&mut self, id: Uuid, at: DateTime<Utc>) -> Result<Option<ApiKeyRow>> {
        let update = diesel::update(api_keys::table.find((self.tenant_uuid(), id)))
            .set(api_keys::expires_at.eq(Some(at)))
            .returning(ApiKeyRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// Revokes an API key. One that is already revoked keeps its time. None if there is no such key.
    pub async fn revoke_api_key(&mut self, id: Uuid) -> Result<Option<ApiKeyRow>> {
        let now = self.now().await?;
        let revoked_at = coalesce(api_keys::revoked_at, Some(now));
        let update = diesel::update(api_keys::table.find((self.tenant_uuid(), id)))
            .set(api_keys::revoked_at.eq(revoked_at))
            .returning(ApiKeyRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }
}
