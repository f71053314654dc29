//! Connectors, with their sealed app secrets.

pub mod branding;
pub mod breakers;

use bowline_api::status::{Completion, ConnectorStatus, Protocol};
use chrono::{DateTime, Utc};
use diesel::dsl::AsSelect;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::connectors;
use super::{OperatorTx, Stored, TenantTx, violated};
use crate::domain::{Code, Result};

/// A row.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = connectors, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct ConnectorRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub name: String,
    pub provider: String,
    pub protocol: Stored<Protocol>,
    pub app_key: String,
    pub sealed_app_secret: Vec<u8>,
    pub scopes: Vec<String>,
    pub return_urls: Vec<String>,
    pub completion: Stored<Completion>,
    pub confirm_page: bool,
    pub status: Stored<ConnectorStatus>,
    pub status_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub oauth1_service: Option<String>,
    pub is_default: bool,
    pub removed_at: Option<DateTime<Utc>>,
    pub issuer: String,
    pub sandbox: bool,
}

/// A row to insert.
#[derive(Insertable)]
#[diesel(table_name = connectors)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewConnector<'a> {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub name: &'a str,
    pub provider: &'a str,
    pub protocol: Stored<Protocol>,
    pub app_key: &'a str,
    pub sealed_app_secret: &'a [u8],
    pub scopes: &'a [String],
    pub return_urls: &'a [String],
    pub completion: Stored<Completion>,
    pub confirm_page: bool,
    pub oauth1_service: Option<&'a str>,
    pub issuer: &'a str,
    pub sandbox: bool,
}

/// What an operator may edit, with the app secret that is bound to it.
#[derive(AsChangeset)]
#[diesel(table_name = connectors)]
#[expect(missing_docs, reason = "the columns")]
pub struct EditedConnector<'a> {
    pub name: &'a str,
    pub scopes: &'a [String],
    pub return_urls: &'a [String],
    pub completion: Stored<Completion>,
    pub confirm_page: bool,
    pub sealed_app_secret: &'a [u8],
}

/// The tenant's connectors, the default one first.
#[diesel::dsl::auto_type(no_type_alias)]
fn default_of(tenant: Uuid) -> _ {
    let row: AsSelect<ConnectorRow, Pg> = ConnectorRow::as_select();
    connectors::table
        .filter(connectors::tenant_id.eq(tenant))
        .filter(connectors::removed_at.is_null())
        .order((connectors::is_default.desc(), connectors::id))
        .select(row)
}

impl TenantTx {
    /// All connectors of the tenant that are not removed, oldest first.
    pub async fn connectors(&mut self) -> Result<Vec<ConnectorRow>> {
        let connector_query = connectors::table
            .filter(connectors::tenant_id.eq(self.tenant_uuid()))
            .filter(connectors::removed_at.is_null())
            .order(connectors::id)
            .select(ConnectorRow::as_select());
        Ok(connector_query.load(self.connection()).await?)
    }

    /// Like [`connectors`](Self::connectors), locked until this transaction ends, so that none becomes the default or is
    /// removed meanwhile.
    pub async fn lock_connectors(&mut self) -> Result<Vec<ConnectorRow>> {
        let connector_query = connectors::table
            .filter(connectors::tenant_id.eq(self.tenant_uuid()))
            .filter(connectors::removed_at.is_null())
            .order(connectors::id)
            .select(ConnectorRow::as_select())
            .for_no_key_update();
        Ok(connector_query.load(self.connection()).await?)
    }

    /// The connector of link sessions that name none: the one that is marked, or else the oldest.
    pub async fn default_connector(&mut self) -> Result<Option<ConnectorRow>> {
        let connector_query = default_of(self.tenant_uuid());
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// The connector of a link session that is about to be created: the named one, or else the default. In the same round
    /// trip, the transaction locks the head of the audit log, to which the session will be added.
    pub async fn connector_for_link(&mut self, named: Option<Uuid>) -> Result<Option<ConnectorRow>> {
        let tenant = self.tenant_uuid();
        let read = async |mut connection: &AsyncPgConnection| match named {
            Some(id) => connectors::table
                .find((tenant, id))
                .select(ConnectorRow::as_select())
                .first(&mut connection)
                .await
                .optional(),
            None => default_of(tenant).first(&mut connection).await.optional(),
        };
        self.read_and_lock_head(read).await
    }

    /// Makes one of the tenant's locked connectors the default.
    pub async fn make_default(&mut self, id: Uuid) -> Result<()> {
        let of_tenant = connectors::tenant_id.eq(self.tenant_uuid());
        diesel::update(connectors::table.filter(of_tenant).filter(connectors::is_default))
            .set(connectors::is_default.eq(false))
            .execute(self.connection())
            .await?;
        diesel::update(connectors::table.find((self.tenant_uuid(), id)))
            .set(connectors::is_default.eq(true))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Disables a locked connector, whatever its status is.
    pub async fn disable_connector(&mut self, id: Uuid, reason: &str) -> Result<()> {
        self.mark_connector(id, ConnectorStatus::Disabled, Some(reason)).await
    }

    /// Removes a locked connector: it is disabled for good, and not the default.
    pub async fn remove_connector(&mut self, id: Uuid, reason: &str) -> Result<()> {
        self.disable_connector(id, reason).await?;
        diesel::update(connectors::table.find((self.tenant_uuid(), id)))
            .set((
                connectors::removed_at.eq(diesel::dsl::now.into_sql::<Timestamptz>().nullable()),
                connectors::is_default.eq(false),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// One connector of the tenant, also one that was removed.
    pub async fn connector(&mut self, id: Uuid) -> Result<Option<ConnectorRow>> {
        let connector_query =
            connectors::table.find((self.tenant_uuid(), id)).select(ConnectorRow::as_select());
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// Adds a connector.
    ///
    /// # Errors
    /// `already_exists` if the tenant already has the app key.
    pub async fn insert_connector(&mut self, new: &NewConnector<'_>) -> Result<ConnectorRow> {
        let insert =
            diesel::insert_into(connectors::table).values(new).returning(ConnectorRow::as_returning());
        insert.get_result(self.connection()).await.map_err(|error| match violated(&error) {
            Some("connectors_app_key_key") => Code::AlreadyExists
                .because("the tenant has a connector of this protocol with this app key already")
                .into(),
            _ => error.into(),
        })
    }

    /// The issuer of a connector's app key.
    pub async fn connector_issuer(&mut self, id: Uuid) -> Result<Option<String>> {
        let connector_query = connectors::table.find((self.tenant_uuid(), id)).select(connectors::issuer);
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// Replaces the sealed app secret, and sets the connector's status.
    pub async fn replace_app_secret(
        &mut self,
        id: Uuid,
        sealed: &[u8],
        status: ConnectorStatus,
        reason: Option<&str>,
    ) -> Result<Option<ConnectorRow>> {
        let update = diesel::update(connectors::table.find((self.tenant_uuid(), id)))
            .set((
                connectors::sealed_app_secret.eq(sealed),
                connectors::status.eq(status.as_str()),
                connectors::status_reason.eq(reason),
                connectors::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>()),
            ))
            .returning(ConnectorRow::as_returning());
        Ok(update.get_result(self.connection()).await.optional()?)
    }

    /// Edits a locked connector.
    pub async fn edit_connector(&mut self, id: Uuid, edited: &EditedConnector<'_>) -> Result<ConnectorRow> {
        let update = diesel::update(connectors::table.find((self.tenant_uuid(), id)))
            .set((edited, connectors::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>())))
            .returning(ConnectorRow::as_returning());
        Ok(update.get_result(self.connection()).await?)
    }

    /// One connector of the tenant, locked until this transaction ends.
    pub async fn lock_connector(&mut self, id: Uuid) -> Result<Option<ConnectorRow>> {
        let connector_query = connectors::table
            .find((self.tenant_uuid(), id))
            .select(ConnectorRow::as_select())
            .for_no_key_update();
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// One connector of the tenant, also one that was removed. Nobody changes or removes it until this transaction ends.
    pub async fn hold_connector(&mut self, id: Uuid) -> Result<Option<ConnectorRow>> {
        // The lock of the foreign key is too weak: it does not conflict with an update.
        let connector_query =
            connectors::table.find((self.tenant_uuid(), id)).select(ConnectorRow::as_select()).for_share();
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// Sets the status of a locked connector.
    pub async fn mark_connector(
        &mut self,
        id: Uuid,
        status: ConnectorStatus,
        reason: Option<&str>,
    ) -> Result<()> {
        let update = diesel::update(connectors::table.find((self.tenant_uuid(), id))).set((
            connectors::status.eq(status.as_str()),
            connectors::status_reason.eq(reason),
            connectors::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>()),
        ));
        update.execute(self.connection()).await?;
        Ok(())
    }
}

/// What decides whether a connector's accounts can be refreshed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = connectors, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct ConnectorState {
    pub name: String,
    pub status: Stored<ConnectorStatus>,
    pub status_reason: Option<String>,
    pub removed_at: Option<DateTime<Utc>>,
    pub issuer: String,
}

impl OperatorTx {
    /// The state of a connector.
    pub async fn connector_state(&mut self, tenant: Uuid, id: Uuid) -> Result<Option<ConnectorState>> {
        let connector_query = connectors::table.find((tenant, id)).select(ConnectorState::as_select());
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// The issuer of a connector's app key.
    pub async fn connector_issuer(&mut self, tenant: Uuid, id: Uuid) -> Result<Option<String>> {
        let connector_query = connectors::table.find((tenant, id)).select(connectors::issuer);
        Ok(connector_query.first(self.connection()).await.optional()?)
    }

    /// Whether another tenant than `tenant` has this app key of this issuer. Nobody else can add it until this transaction ends.
    ///
    /// There is no unique constraint for this, because one across tenants would reveal them to each other.
    pub async fn app_key_is_foreign(&mut self, tenant: Uuid, issuer: &str, app_key: &str) -> Result<bool> {
        // A version without issuers locks by the provider, which was always Dropbox.
        self.take_turn(format!("{issuer}\0{app_key}").as_bytes()).await?;
        let foreign = connectors::table
            .filter(connectors::issuer.eq(issuer).and(connectors::app_key.eq(app_key)))
            .filter(connectors::tenant_id.ne(tenant))
            .filter(connectors::removed_at.is_null())
            .select(connectors::id);
        Ok(diesel::select(diesel::dsl::exists(foreign)).get_result(self.connection()).await?)
    }
}
