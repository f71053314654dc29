//! The outbox: an event that its tenant is told of is written in the transaction that adds it to the audit log.

use bowline_api::status::{AccountStatus, RevokedBy, WebhookDeliveryState};
use bowline_api::{AccountId, EventId};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join, try_join4};
use uuid::Uuid;

use super::delivery::{self, NewDelivery};
use super::route::{filters, receivers};
use crate::domain::told::{Subject, SubjectFacts, Told};
use crate::domain::{Error, Result, entropy};
use crate::store::accounts::reason_for_tenant;
use crate::store::schema::{
    accounts, connectors, link_sessions, tenants, webhook_events, webhook_heads, webhook_numbers,
};
use crate::store::{Stored, TenantTx, Tx};

/// An event, as the outbox keeps it.
#[derive(Insertable)]
#[diesel(table_name = webhook_events, treat_none_as_default_value = false)]
pub(super) struct NewEvent {
    pub(super) tenant_id: Uuid,
    pub(super) sequence: i64,
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) kind: &'static str,
    pub(super) connector_id: Option<Uuid>,
    pub(super) account_id: Option<Uuid>,
    pub(super) number: Option<i64>,
    pub(super) payload: String,
}

/// The entry of the audit log that an event has.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct AuditEntry {
    pub(in crate::store) id: Uuid,
    pub(in crate::store) at: DateTime<Utc>,
}

/// An event that is to be written beside its entry of the audit log.
pub(in crate::store) struct Outgoing {
    event: NewEvent,
    deliveries: Vec<NewDelivery>,
}

impl<Scope> Tx<Scope> {
    /// What the tenant is told of an event whose change is made. Nobody else writes an event for the tenant from here on until the
    /// transaction ends.
    pub(in crate::store) async fn outgoing(
        &mut self,
        told: &Told,
        entry: AuditEntry,
    ) -> Result<Option<Outgoing>> {
        let tenant = self.chain();
        let Some(subject) = told.subject().filter(|_| !tenant.is_nil()) else { return Ok(None) };
        let account = match subject {
            Subject::Account(account) => Some(account),
            _ => None,
        };
        let shared: &AsyncPgConnection = self.connection();
        // The head comes first, as for everybody who writes events.
        let (sequence, (mut facts, sandbox), number, endpoints) = try_join4(
            take_numbers(shared, tenant, 1),
            try_join(subject_facts(shared, tenant, subject), is_sandbox(shared, tenant)),
            next_number(shared, tenant, account),
            filters(shared, tenant),
        )
        .await?;
        (facts.number, facts.sandbox) = (number, sandbox);
        let receivers = receivers(&endpoints, told.kind.as_str(), facts.connector, subject);
        let account_id = account.map(|account| account.uuid());
        let new_delivery = |endpoint_id: Uuid| NewDelivery {
            tenant_id: tenant,
            endpoint_id,
            sequence,
            account_id,
            state: WebhookDeliveryState::Waiting.as_str(),
            queued_at: entry.at,
            // Behind a delivery of the same account that waits, the sender lets it wait as well. Only the sender knows until when.
            next_at: entry.at,
        };
        let deliveries = receivers.into_iter().map(new_delivery).collect();
        let event = NewEvent {
            tenant_id: tenant,
            sequence,
            id: entry.id,
            at: entry.at,
            kind: told.kind.as_str(),
            connector_id: facts.connector,
            account_id,
            number,
            payload: told.body(entry.id.into(), entry.at, subject, &facts),
        };
        Ok(Some(Outgoing { event, deliveries }))
    }

    /// Queues the deliveries of an event that is written. The senders are told once the transaction is committed.
    pub(in crate::store) async fn deliver(&mut self, outgoing: Outgoing) -> Result<()> {
        let Outgoing { event, deliveries } = outgoing;
        self.told = Some(event.id);
        if !deliveries.is_empty() {
            delivery::put(self.connection(), deliveries).await?;
            self.has_queued = true;
        }
        Ok(())
    }
}

impl TenantTx {
    /// Tells the tenant of something that did not happen and that the audit log does not know, for its sandbox.
    ///
    /// # Errors
    /// If tenants are not told of its subject.
    pub async fn tell(&mut self, told: &Told) -> Result<EventId> {
        let entry = AuditEntry { id: entropy::id::<bowline_api::id::Event>().uuid(), at: self.now().await? };
        let outgoing = self.outgoing(told, entry).await?;
        let outgoing = outgoing.ok_or_else(|| Error::bug("nobody is told of this subject"))?;
        Outgoing::insert(Some(&outgoing), self.connection()).await?;
        self.deliver(outgoing).await?;
        Ok(entry.id.into())
    }
}

impl Outgoing {
    /// Writes the event, if there is one.
    pub(in crate::store) async fn insert(
        outgoing: Option<&Self>,
        mut connection: &AsyncPgConnection,
    ) -> QueryResult<()> {
        let Some(Self { event, .. }) = outgoing else { return Ok(()) };
        diesel::insert_into(webhook_events::table).values(event).execute(&mut connection).await.map(drop)
    }
}

/// Takes the next `count` numbers of the tenant's outbox, and returns the last of them. Nobody else takes any until the transaction ends.
pub(super) async fn take_numbers(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    count: i64,
) -> QueryResult<i64> {
    diesel::insert_into(webhook_heads::table)
        .values((webhook_heads::tenant_id.eq(tenant), webhook_heads::last.eq(count)))
        .on_conflict(webhook_heads::tenant_id)
        .do_update()
        .set(webhook_heads::last.eq(webhook_heads::last + count))
        .returning(webhook_heads::last)
        .get_result(&mut connection)
        .await
}

/// The columns of an account that its tenant is told of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
pub(super) struct AccountFacts {
    connector_id: Uuid,
    external_user_id: String,
    provider_account_id: String,
    status: Stored<AccountStatus>,
    status_reason: Option<String>,
    revoked_by: Option<Stored<RevokedBy>>,
    missing_scopes: Vec<String>,
}

impl From<AccountFacts> for SubjectFacts {
    fn from(row: AccountFacts) -> Self {
        Self {
            connector: Some(row.connector_id),
            external_user_id: Some(row.external_user_id),
            provider_account_id: Some(row.provider_account_id),
            reason: reason_for_tenant(&row.status, row.status_reason.as_deref(), row.revoked_by.as_ref()),
            status: Some(row.status.as_str().to_owned()),
            missing_scopes: Some(row.missing_scopes),
            number: None,
            sandbox: false,
        }
    }
}

/// What is known about the subject after the change. Nothing if it does not exist.
async fn subject_facts(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    subject: Subject,
) -> QueryResult<SubjectFacts> {
    let facts = match subject {
        Subject::Account(id) => {
            let outbox_query = accounts::table.find((tenant, id.uuid())).select(AccountFacts::as_select());
            outbox_query.first(&mut connection).await.optional()?.map(SubjectFacts::from)
        }
        Subject::LinkSession(id) => {
            let outbox_query = link_sessions::table.find((tenant, id.uuid())).select((
                link_sessions::connector_id,
                link_sessions::external_user_id,
                link_sessions::status,
                link_sessions::failure,
            ));
            let row: Option<(Uuid, String, String, Option<String>)> =
                outbox_query.first(&mut connection).await.optional()?;
            row.map(|(connector, user, status, reason)| SubjectFacts {
                connector: Some(connector),
                external_user_id: Some(user),
                status: Some(status),
                reason,
                ..SubjectFacts::default()
            })
        }
        Subject::Connector(id) => {
            let outbox_query = connectors::table.find((tenant, id.uuid())).select(connectors::status);
            let status: Option<String> = outbox_query.first(&mut connection).await.optional()?;
            Some(SubjectFacts { connector: Some(id.uuid()), status, ..SubjectFacts::default() })
        }
        Subject::Endpoint(_) => None,
    };
    Ok(facts.unwrap_or_default())
}

/// Whether the tenant is a sandbox, of which its events tell.
pub(super) async fn is_sandbox(mut connection: &AsyncPgConnection, tenant: Uuid) -> QueryResult<bool> {
    let outbox_query = tenants::table.find(tenant).select(tenants::sandbox);
    Ok(outbox_query.first(&mut connection).await.optional()?.unwrap_or_default())
}

/// The number of the account's next event.
async fn next_number(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    account: Option<AccountId>,
) -> QueryResult<Option<i64>> {
    let Some(account) = account else { return Ok(None) };
    let first = (
        webhook_numbers::tenant_id.eq(tenant),
        webhook_numbers::account_id.eq(account.uuid()),
        webhook_numbers::last.eq(1),
    );
    diesel::insert_into(webhook_numbers::table)
        .values(first)
        .on_conflict((webhook_numbers::tenant_id, webhook_numbers::account_id))
        .do_update()
        .set(webhook_numbers::last.eq(webhook_numbers::last + 1))
        .returning(webhook_numbers::last)
        .get_result(&mut connection)
        .await
        .map(Some)
}
