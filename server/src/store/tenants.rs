//! Tenants.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::tenants;
use super::{OperatorTx, TenantTx, violated};
use crate::domain::{Code, Result};

/// A row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct TenantRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

impl TenantTx {
    /// The transaction's tenant, if it exists.
    pub async fn own_tenant(&mut self) -> Result<Option<TenantRow>> {
        let query = tenants::table.find(self.tenant_uuid()).select(TenantRow::as_select());
        Ok(query.first(self.connection()).await.optional()?)
    }

    /// Adds the transaction's tenant.
    ///
    /// # Errors
    /// `already_exists` if the slug is taken.
    pub async fn insert_tenant(&mut self, slug: &str, name: &str) -> Result<TenantRow> {
        let values = (tenants::id.eq(self.tenant_uuid()), tenants::slug.eq(slug), tenants::name.eq(name));
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
        let mut query = tenants::table.select(TenantRow::as_select()).limit(limit).into_boxed();
        // A fixed collation, so that the order does not depend on the database's own.
        let slug = || sql::<Text>("tenants.slug COLLATE \"C\"");
        query = if backwards { query.order(slug().desc()) } else { query.order(slug().asc()) };
        query = match (from, backwards) {
            (Some(from), true) => query.filter(slug().lt(from.to_owned())),
            (Some(from), false) => query.filter(slug().gt(from.to_owned())),
            (None, _) => query,
        };
        Ok(query.load(self.connection()).await?)
    }

    /// The tenants with these ids, by slug.
    pub async fn tenants_with(&mut self, ids: &[Uuid]) -> Result<Vec<TenantRow>> {
        let query = tenants::table
            .filter(tenants::id.eq_any(ids))
            .order(sql::<Text>("tenants.slug COLLATE \"C\""))
            .select(TenantRow::as_select());
        Ok(query.load(self.connection()).await?)
    }

    /// The tenant with this slug.
    pub async fn tenant_by_slug(&mut self, slug: &str) -> Result<Option<TenantRow>> {
        let query = tenants::table.filter(tenants::slug.eq(slug)).select(TenantRow::as_select());
        Ok(query.first(self.connection()).await.optional()?)
    }
}
