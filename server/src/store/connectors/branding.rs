//! What connectors show of their apps on the link pages.

use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::connector_brandings;
use crate::store::{PlatformTx, TenantTx};

/// A connector's branding, without the logo itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = connector_brandings, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct BrandingRow {
    pub accent: Option<String>,
    pub logo_type: Option<String>,
    pub logo_digest: Option<Vec<u8>>,
    pub support_url: Option<String>,
    pub privacy_url: Option<String>,
}

/// What changes. A column that is `None` keeps its value; `Some(None)` empties it.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = connector_brandings)]
#[expect(missing_docs, reason = "the columns")]
pub struct BrandingChange {
    pub accent: Option<Option<String>>,
    pub logo: Option<Option<Vec<u8>>>,
    pub logo_type: Option<Option<String>>,
    pub logo_digest: Option<Option<Vec<u8>>>,
    pub support_url: Option<Option<String>>,
    pub privacy_url: Option<Option<String>>,
}

impl TenantTx {
    /// The branding of a connector. Empty if it has none.
    pub async fn branding(&mut self, connector: Uuid) -> Result<BrandingRow> {
        let branding_query =
            connector_brandings::table.find((self.tenant_uuid(), connector)).select(BrandingRow::as_select());
        Ok(branding_query.first(self.connection()).await.optional()?.unwrap_or_default())
    }

    /// The brandings of the tenant's connectors, with the ids of those.
    pub async fn brandings(&mut self) -> Result<Vec<(Uuid, BrandingRow)>> {
        let branding_query = connector_brandings::table
            .filter(connector_brandings::tenant_id.eq(self.tenant_uuid()))
            .select((connector_brandings::connector_id, BrandingRow::as_select()));
        Ok(branding_query.load(self.connection()).await?)
    }

    /// Changes the branding of a locked connector.
    pub async fn change_branding(&mut self, connector: Uuid, change: &BrandingChange) -> Result<()> {
        diesel::insert_into(connector_brandings::table)
            .values((
                connector_brandings::tenant_id.eq(self.tenant_uuid()),
                connector_brandings::connector_id.eq(connector),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        diesel::update(connector_brandings::table.find((self.tenant_uuid(), connector)))
            .set((change, connector_brandings::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>())))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl PlatformTx {
    /// The logo with this digest that the connector shows.
    pub async fn logo(&mut self, connector: Uuid, digest: Digest) -> Result<Option<Vec<u8>>> {
        let branding_query = connector_brandings::table
            .filter(connector_brandings::logo_digest.eq(digest.as_bytes()))
            .filter(connector_brandings::connector_id.eq(connector))
            .select(connector_brandings::logo);
        Ok(branding_query.first(self.connection()).await.optional()?.flatten())
    }
}
