//! The outbox: an event that its tenant is told of is written in the transaction that adds it to the audit log.

use std::collections::HashMap;

use bowline_api::AccountId;
use bowline_api::status::WebhookDeliveryState;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join4;
use uuid::Uuid;

use super::delivery::{self, NewDelivery, is_waiting};
use super::route::{filters, receivers};
use crate::domain::Result;
use crate::domain::told::{Subject, SubjectFacts, Told};
use crate::store::Tx;
use crate::store::schema::{
    accounts, connectors, link_sessions, webhook_deliveries, webhook_events, webhook_numbers,
};

/// An event, as the outbox keeps it.
#[derive(Insertable)]
#[diesel(table_name = webhook_events, treat_none_as_default_value = false)]
struct NewEvent {
    tenant_id: Uuid,
    sequence: i64,
    id: Uuid,
    at: DateTime<Utc>,
    kind: &'static str,
    connector_id: Option<Uuid>,
    account_id: Option<Uuid>,
    number: Option<i64>,
    payload: String,
}

/// The entry of the audit log that an event has.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Entry {
    pub(in crate::store) sequence: i64,
    pub(in crate::store) id: Uuid,
    pub(in crate::store) at: DateTime<Utc>,
}

/// An event that is to be written beside its entry of the audit log.
pub(in crate::store) struct Outgoing {
    event: NewEvent,
    deliveries: Vec<NewDelivery>,
}

impl<Scope> Tx<Scope> {
    /// What the tenant is told of an event whose change is made. The head of the log must be locked: the numbers of
    /// accounts then follow the order of the log.
    pub(in crate::store) async fn outgoing(&mut self, told: &Told, entry: Entry) -> Result<Option<Outgoing>> {
        let tenant = self.chain();
        let Some(subject) = told.subject().filter(|_| !tenant.is_nil()) else { return Ok(None) };
        let account = match subject {
            Subject::Account(account) => Some(account),
            _ => None,
        };
        let shared: &AsyncPgConnection = self.connection();
        let (mut facts, number, endpoints, waits) = try_join4(
            facts(shared, tenant, subject),
            next_number(shared, tenant, account),
            filters(shared, tenant),
            last_waits(shared, tenant, account),
        )
        .await?;
        facts.number = number;
        let receivers = receivers(&endpoints, told.kind, facts.connector, subject);
        let account_id = account.map(|account| account.uuid());
        let new_delivery = |endpoint_id: Uuid| NewDelivery {
            tenant_id: tenant,
            endpoint_id,
            sequence: entry.sequence,
            account_id,
            state: WebhookDeliveryState::Waiting.as_str(),
            queued_at: entry.at,
            // Behind a delivery of the same account that is to be tried again, it waits as long.
            next_at: waits.get(&endpoint_id).map_or(entry.at, |wait| entry.at.max(*wait)),
        };
        let deliveries = receivers.into_iter().map(new_delivery).collect();
        let event = NewEvent {
            tenant_id: tenant,
            sequence: entry.sequence,
            id: entry.id,
            at: entry.at,
            kind: told.kind,
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

impl Outgoing {
    /// Writes the event, if there is one. There is one with its number already only where a log was cut together with its head, which must
    /// not stop the log.
    pub(in crate::store) async fn insert(
        outgoing: Option<&Self>,
        mut connection: &AsyncPgConnection,
    ) -> QueryResult<()> {
        let Some(Self { event, .. }) = outgoing else { return Ok(()) };
        diesel::insert_into(webhook_events::table)
            .values(event)
            .on_conflict((webhook_events::tenant_id, webhook_events::sequence))
            .do_update()
            .set((
                webhook_events::id.eq(excluded(webhook_events::id)),
                webhook_events::at.eq(excluded(webhook_events::at)),
                webhook_events::kind.eq(excluded(webhook_events::kind)),
                webhook_events::connector_id.eq(excluded(webhook_events::connector_id)),
                webhook_events::account_id.eq(excluded(webhook_events::account_id)),
                webhook_events::number.eq(excluded(webhook_events::number)),
                webhook_events::payload.eq(excluded(webhook_events::payload)),
            ))
            .execute(&mut connection)
            .await
            .map(drop)
    }
}

/// Connector, user, provider's account, status with its reason, and missing scopes.
type AccountColumns = (Uuid, String, String, String, Option<String>, Vec<String>);

/// What is known about the subject after the change. Nothing if it does not exist.
async fn facts(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    subject: Subject,
) -> QueryResult<SubjectFacts> {
    let facts = match subject {
        Subject::Account(id) => {
            let query = accounts::table.find((tenant, id.uuid())).select((
                accounts::connector_id,
                accounts::external_user_id,
                accounts::provider_account_id,
                accounts::status,
                accounts::status_reason,
                accounts::missing_scopes,
            ));
            let row: Option<AccountColumns> = query.first(&mut connection).await.optional()?;
            row.map(|(connector, user, provider_account, status, reason, missing)| SubjectFacts {
                connector: Some(connector),
                external_user_id: Some(user),
                provider_account_id: Some(provider_account),
                status: Some(status),
                reason,
                missing_scopes: Some(missing),
                number: None,
            })
        }
        Subject::LinkSession(id) => {
            let query = link_sessions::table.find((tenant, id.uuid())).select((
                link_sessions::connector_id,
                link_sessions::external_user_id,
                link_sessions::status,
                link_sessions::failure,
            ));
            let row: Option<(Uuid, String, String, Option<String>)> =
                query.first(&mut connection).await.optional()?;
            row.map(|(connector, user, status, reason)| SubjectFacts {
                connector: Some(connector),
                external_user_id: Some(user),
                status: Some(status),
                reason,
                ..SubjectFacts::default()
            })
        }
        Subject::Connector(id) => {
            let query = connectors::table.find((tenant, id.uuid())).select(connectors::status);
            let status: Option<String> = query.first(&mut connection).await.optional()?;
            Some(SubjectFacts { connector: Some(id.uuid()), status, ..SubjectFacts::default() })
        }
        Subject::Endpoint(_) => None,
    };
    Ok(facts.unwrap_or_default())
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

/// Until when the last delivery of the account waits, by endpoint.
async fn last_waits(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    account: Option<AccountId>,
) -> QueryResult<HashMap<Uuid, DateTime<Utc>>> {
    let Some(account) = account else { return Ok(HashMap::new()) };
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::tenant_id.eq(tenant))
        .filter(webhook_deliveries::account_id.eq(account.uuid()))
        .filter(is_waiting())
        .group_by(webhook_deliveries::endpoint_id)
        .select((webhook_deliveries::endpoint_id, max(webhook_deliveries::next_at)));
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = query.load(&mut connection).await?;
    Ok(rows.into_iter().filter_map(|(endpoint, until)| Some((endpoint, until?))).collect())
}
