//! Visits of end users to the page with their accounts.

#![expect(clippy::ref_option_ref, reason = "the code that Insertable derives borrows optional columns twice")]

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::manage_sessions;
use super::{PlatformTx, TenantTx, WorkerTx, interval};
use crate::domain::Result;
use crate::domain::credential::Digest;

/// A row.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = manage_sessions, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct ManageSessionRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub return_url: String,
    pub completion_challenge: Option<Vec<u8>>,
    pub options: Option<String>,
    pub ticket_hash: Vec<u8>,
    pub sealed_intent: Vec<u8>,
    pub binding_hash: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
}

/// A session to insert.
#[derive(Insertable)]
#[diesel(table_name = manage_sessions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewManageSession<'a> {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: &'a str,
    pub return_url: &'a str,
    pub completion_challenge: Option<&'a [u8]>,
    pub options: Option<&'a str>,
    pub ticket_hash: &'a [u8],
    pub sealed_intent: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

impl PlatformTx {
    /// The session of any tenant whose ticket has the digest `ticket`.
    pub async fn manage_session_by_ticket(&mut self, ticket: Digest) -> Result<Option<ManageSessionRow>> {
        let manage_session_query = manage_sessions::table
            .filter(manage_sessions::ticket_hash.eq(ticket.as_bytes()))
            .select(ManageSessionRow::as_select());
        Ok(manage_session_query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// One session, locked until this transaction ends.
    pub async fn lock_manage_session(&mut self, id: Uuid) -> Result<Option<ManageSessionRow>> {
        let manage_session_query = manage_sessions::table
            .find((self.tenant_uuid(), id))
            .select(ManageSessionRow::as_select())
            .for_update();
        Ok(manage_session_query.first(self.connection()).await.optional()?)
    }

    /// Creates a session.
    pub async fn insert_manage_session(&mut self, new: &NewManageSession<'_>) -> Result<()> {
        diesel::insert_into(manage_sessions::table).values(new).execute(self.connection()).await?;
        Ok(())
    }

    /// Binds a session that nobody has opened to a browser, in which it works for `within`. False if it is bound or too old.
    pub async fn open_manage_session(&mut self, id: Uuid, binding: Digest, within: Duration) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let update = diesel::update(manage_sessions::table.find((self.tenant_uuid(), id)))
            .filter(manage_sessions::binding_hash.is_null().and(manage_sessions::expires_at.gt(now)))
            .set((
                manage_sessions::binding_hash.eq(binding.as_bytes()),
                manage_sessions::opened_at.eq(now.nullable()),
                manage_sessions::expires_at.eq(now + interval(within).into_sql::<Interval>()),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Deletes up to `limit` sessions of the tenant that expired before `before`, and returns their number.
    pub async fn delete_old_manage_sessions(&mut self, before: DateTime<Utc>, limit: i64) -> Result<usize> {
        let tenant = self.tenant_uuid();
        let old = manage_sessions::table
            .filter(manage_sessions::tenant_id.eq(tenant).and(manage_sessions::expires_at.lt(before)))
            .limit(limit)
            .select(manage_sessions::id);
        let old: Vec<Uuid> = old.load(self.connection()).await?;
        let old = manage_sessions::table
            .filter(manage_sessions::tenant_id.eq(tenant).and(manage_sessions::id.eq_any(old)));
        Ok(diesel::delete(old).execute(self.connection()).await?)
    }
}

impl WorkerTx {
    /// Tenants among the `limit` oldest sessions that expired before `before`.
    pub async fn tenants_with_old_manage_sessions(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Uuid>> {
        let manage_session_query = manage_sessions::table
            .filter(manage_sessions::expires_at.lt(before))
            .order(manage_sessions::expires_at)
            .limit(limit)
            .select(manage_sessions::tenant_id);
        let mut tenants: Vec<Uuid> = manage_session_query.load(self.connection()).await?;
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }
}
