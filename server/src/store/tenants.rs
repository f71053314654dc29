//! Tenants.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::{api_keys, tenants};
use super::{OperatorTx, TenantTx, WorkerTx, violated};
use crate::domain::{Code, Result};

/// A row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct TenantRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub frozen_at: Option<DateTime<Utc>>,
    pub frozen_reason: Option<String>,
    pub frozen_by: Option<String>,
    pub sandbox: bool,
}

/// Why a tenant is frozen, by whom and since when.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns")]
pub struct FreezeOfTenant<'a> {
    pub at: DateTime<Utc>,
    pub reason: &'a str,
    pub by: Option<&'a str>,
}

impl TenantTx {
    /// The transaction's tenant, if it exists.
    pub async fn own_tenant(&mut self) -> Result<Option<TenantRow>> {
        let tenant_query = tenants::table.find(self.tenant_uuid()).select(TenantRow::as_select());
        Ok(tenant_query.first(self.connection()).await.optional()?)
    }

    /// Whether the transaction's tenant is a sandbox. This never changes.
    pub async fn is_sandbox(&mut self) -> Result<bool> {
        let tenant_query = tenants::table.find(self.tenant_uuid()).select(tenants::sandbox);
        let found: Option<bool> = tenant_query.first(self.connection()).await.optional()?;
        Ok(found.unwrap_or_default())
    }

    /// The transaction's tenant, which nobody else can freeze or thaw until the transaction ends.
    pub async fn lock_own_tenant(&mut self) -> Result<Option<TenantRow>> {
        // Weaker than an update of the key, which would wait for everybody who adds a row of the tenant.
        let tenant_query =
            tenants::table.find(self.tenant_uuid()).select(TenantRow::as_select()).for_no_key_update();
        Ok(tenant_query.first(self.connection()).await.optional()?)
    }

    /// Whether the transaction's tenant is frozen, which does not change until the transaction ends.
    pub async fn hold_is_frozen(&mut self) -> Result<bool> {
        let tenant_query = tenants::table.find(self.tenant_uuid()).select(tenants::frozen_at).for_share();
        let at: Option<Option<DateTime<Utc>>> = tenant_query.first(self.connection()).await.optional()?;
        Ok(at.flatten().is_some())
    }

    /// Freezes the transaction's tenant, which is locked, with all its API keys, or thaws it.
    pub async fn set_frozen(&mut self, freeze: Option<FreezeOfTenant<'_>>) -> Result<TenantRow> {
        let tenant = self.tenant_uuid();
        // Once it is thawed, what has waited for its endpoints is delivered.
        self.has_queued |= freeze.is_none();
        diesel::update(api_keys::table.filter(api_keys::tenant_id.eq(tenant)))
            .set(api_keys::frozen.eq(freeze.is_some()))
            .execute(self.connection())
            .await?;
        let update = diesel::update(tenants::table.find(tenant))
            .set((
                tenants::frozen_at.eq(freeze.map(|freeze| freeze.at)),
                tenants::frozen_reason.eq(freeze.map(|freeze| freeze.reason)),
                tenants::frozen_by.eq(freeze.and_then(|freeze| freeze.by)),
            ))
            .returning(TenantRow::as_returning());
        Ok(update.get_result(self.connection()).await?)
    }

    /// Adds the transaction's tenant.
    ///
    /// # Errors
    /// `already_exists` if the slug is taken.
    pub async fn insert_tenant(&mut self, slug: &str, name: &str, sandbox: bool) -> Result<TenantRow> {
        let values = (
            tenants::id.eq(self.tenant_uuid()),
            tenants::slug.eq(slug),
            tenants::name.eq(name),
            tenants::sandbox.eq(sandbox),
        );
        let insert = diesel::insert_into(tenants::table).values(values).returning(TenantRow::as_returning());
        insert.get_result(self.connection()).await.map_err(|error| match violated(&error) {
            Some("tenants_slug_key") => {
                Code::AlreadyExists.because(format!("there is a tenant {slug} already")).into()
            }
            Some("tenants_slug_form") => {
                let detail = "slug must have 1 to 40 characters of a-z, 0-9 and -, and begin with a letter";
                Code::InvalidField.because(detail).field("slug").into()
            }
            _ => error.into(),
        })
    }
}

impl OperatorTx {
    /// Tenants by slug, after `from`; with `backwards` those before it, nearest first.
    pub async fn tenants(
        &mut self,
        from: Option<&str>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<TenantRow>> {
        let mut tenant_query = tenants::table.select(TenantRow::as_select()).limit(limit).into_boxed();
        // A fixed collation, so that the order does not depend on the database's own.
        let slug = || sql::<Text>("tenants.slug COLLATE \"C\"");
        tenant_query =
            if backwards { tenant_query.order(slug().desc()) } else { tenant_query.order(slug().asc()) };
        tenant_query = match (from, backwards) {
            (Some(from), true) => tenant_query.filter(slug().lt(from.to_owned())),
            (Some(from), false) => tenant_query.filter(slug().gt(from.to_owned())),
            (None, _) => tenant_query,
        };
        Ok(tenant_query.load(self.connection()).await?)
    }

    /// The tenants with these ids, by slug.
    pub async fn tenants_with(&mut self, ids: &[Uuid]) -> Result<Vec<TenantRow>> {
        let tenant_query = tenants::table
            .filter(tenants::id.eq_any(ids))
            .order(sql::<Text>("tenants.slug COLLATE \"C\""))
            .select(TenantRow::as_select());
        Ok(tenant_query.load(self.connection()).await?)
    }

    /// The tenant with this slug.
    pub async fn tenant_by_slug(&mut self, slug: &str) -> Result<Option<TenantRow>> {
        let tenant_query = tenants::table.filter(tenants::slug.eq(slug)).select(TenantRow::as_select());
        Ok(tenant_query.first(self.connection()).await.optional()?)
    }
}

impl WorkerTx {
    /// The tenants that are frozen.
    pub async fn frozen_tenants(&mut self) -> Result<Vec<Uuid>> {
        let tenant_query = tenants::table.filter(tenants::frozen_at.is_not_null()).select(tenants::id);
        Ok(tenant_query.load(self.connection()).await?)
    }
}
