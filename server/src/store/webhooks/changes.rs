//! Accounts whose files have changed. A notice of the provider marks them, and a worker tells their tenant, which writes events into the outbox.

use std::collections::HashMap;

use bowline_api::AccountId;
use bowline_api::status::{AccountStatus, ConnectorStatus, WebhookDeliveryState};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join, try_join3, try_join4};
use uuid::Uuid;

use super::delivery::{self, NewDelivery};
use super::outbox::{AccountFacts, NewEvent, is_sandbox, take_numbers};
use super::route::{filters, receivers};
use crate::domain::told::{Subject, SubjectFacts};
use crate::domain::{Error, Event, Result, Share, entropy};
use crate::store::TenantTx;
use crate::store::schema::{
    account_changes, accounts, connectors, tenants, webhook_events, webhook_heads, webhook_numbers,
};

/// How long an account is not told again.
const ACCOUNT_QUIET: TimeDelta = TimeDelta::seconds(1);
/// The states of accounts of which the tenant is told. It can do nothing with those that are suspended or revoked.
const TOLD_STATES: [AccountStatus; 2] = [AccountStatus::Active, AccountStatus::NeedsReauth];

diesel::define_sql_function! {
    /// The later time; the other one if one is null.
    fn greatest(one: Nullable<Timestamptz>, other: Nullable<Timestamptz>) -> Nullable<Timestamptz>;
}

/// The states, as the database names them.
fn told_states() -> [&'static str; 2] {
    TOLD_STATES.map(AccountStatus::as_str)
}

impl TenantTx {
    /// Marks the connector's accounts with these ids at the provider as changed, and returns how many are marked that were not before. None are
    /// while the tenant is frozen or the connector disabled, nor after the connector was removed.
    ///
    /// An account that is marked is not marked again: its tenant is told once this statement has seen the mark, and thus after the change.
    pub async fn mark_changed(&mut self, connector: Uuid, provider_accounts: &[String]) -> Result<usize> {
        let (tenant, now) = (self.tenant_uuid(), self.now().await?);
        let shared: &AsyncPgConnection = self.connection();
        let (is_frozen, listens, mut marked) = try_join3(
            is_frozen(shared, tenant),
            connector_listens(shared, tenant, connector),
            unmarked_accounts(shared, tenant, connector, provider_accounts),
        )
        .await?;
        if is_frozen || !listens || marked.is_empty() {
            return Ok(0);
        }
        // In a sharded database, the tenants that have marks are found by their heads.
        let head = (webhook_heads::tenant_id.eq(tenant), webhook_heads::last.eq(0));
        diesel::insert_into(webhook_heads::table)
            .values(head)
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        // Everybody marks in the same order. Several users may have linked the same account.
        marked.sort_unstable();
        let count = marked.len();
        let marks: Vec<_> = marked
            .into_iter()
            .map(|account| {
                (
                    account_changes::tenant_id.eq(tenant),
                    account_changes::account_id.eq(account),
                    account_changes::due_at.eq(Some(now)),
                )
            })
            .collect();
        diesel::insert_into(account_changes::table)
            .values(marks)
            .on_conflict((account_changes::tenant_id, account_changes::account_id))
            .do_update()
            .set(
                account_changes::due_at
                    .eq(greatest(excluded(account_changes::due_at), account_changes::quiet_until)),
            )
            .execute(self.connection())
            .await?;
        Ok(count)
    }

    /// Tells the tenant of up to `limit` accounts that are marked and due, longest first and within its share (`None`: without one), and returns how
    /// many marks this has removed. What is beyond the share stays marked.
    pub async fn tell_changed(&mut self, limit: i64, share: Option<Share>) -> Result<usize> {
        let (tenant, now) = (self.tenant_uuid(), self.now().await?);
        let (mut limit, mut until) = (limit, None);
        if let Some(share) = share {
            until = lock_head(self.connection(), tenant).await?;
            limit = limit.min(share.room(now, until));
        }
        let due = account_changes::table
            .filter(account_changes::tenant_id.eq(tenant).and(account_changes::due_at.le(now)))
            .order(account_changes::due_at)
            .limit(limit)
            .select(account_changes::account_id)
            // Another replica tells of those that are locked.
            .for_update()
            .skip_locked();
        let due: Vec<Uuid> = due.load(self.connection()).await?;
        if due.is_empty() {
            return Ok(0);
        }
        diesel::update(account_changes::table)
            .filter(account_changes::tenant_id.eq(tenant).and(account_changes::account_id.eq_any(&due)))
            .set((
                account_changes::due_at.eq(None::<DateTime<Utc>>),
                account_changes::quiet_until.eq(Some(now + ACCOUNT_QUIET)),
            ))
            .execute(self.connection())
            .await?;
        let shared: &AsyncPgConnection = self.connection();
        let (is_frozen, changed) =
            try_join(is_frozen(shared, tenant), changed_account_facts(shared, tenant, &due)).await?;
        if !is_frozen && !changed.is_empty() {
            let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
            self.write_changes(now, changed).await?;
            if let Some(share) = share {
                diesel::update(webhook_heads::table.find(tenant))
                    .set(webhook_heads::changes_until.eq(share.after(now, until, count)))
                    .execute(self.connection())
                    .await?;
            }
        }
        Ok(due.len())
    }

    async fn write_changes(&mut self, now: DateTime<Utc>, changed: Vec<(Uuid, SubjectFacts)>) -> Result<()> {
        let tenant = self.tenant_uuid();
        let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
        let ids: Vec<Uuid> = changed.iter().map(|(account, _)| *account).collect();
        let shared: &AsyncPgConnection = self.connection();
        // The head comes first, as for everybody who writes events.
        let (last, numbers, endpoints, sandbox) = try_join4(
            take_numbers(shared, tenant, count),
            next_numbers(shared, tenant, &ids),
            filters(shared, tenant),
            is_sandbox(shared, tenant),
        )
        .await?;
        let (mut events, mut deliveries) = (Vec::with_capacity(changed.len()), Vec::new());
        for (sequence, (account_id, mut facts)) in (last - count + 1..).zip(changed) {
            (facts.number, facts.sandbox) = (numbers.get(&account_id).copied(), sandbox);
            let account: AccountId = account_id.into();
            let told = Event::AccountChanged { account }.told();
            let told = told.ok_or_else(|| Error::bug("nobody is told of changed files"))?;
            let (id, subject) = (entropy::id::<bowline_api::id::Event>(), Subject::Account(account));
            let new_delivery = |endpoint_id: Uuid| NewDelivery {
                tenant_id: tenant,
                endpoint_id,
                sequence,
                account_id: Some(account_id),
                state: WebhookDeliveryState::Waiting.as_str(),
                queued_at: now,
                next_at: now,
            };
            let receivers = receivers(&endpoints, told.kind.as_str(), facts.connector, subject);
            deliveries.extend(receivers.into_iter().map(new_delivery));
            events.push(NewEvent {
                tenant_id: tenant,
                sequence,
                id: id.uuid(),
                at: now,
                kind: told.kind.as_str(),
                connector_id: facts.connector,
                account_id: Some(account_id),
                number: facts.number,
                payload: told.body(id, now, subject, &facts),
            });
        }
        diesel::insert_into(webhook_events::table).values(events).execute(self.connection()).await?;
        if !deliveries.is_empty() {
            delivery::put(self.connection(), deliveries).await?;
            self.has_queued = true;
        }
        Ok(())
    }
}

/// Locks the head of the tenant's outbox, and returns until when its events of changed files count. Nobody else tells the tenant anything until
/// the transaction ends.
async fn lock_head(connection: &mut AsyncPgConnection, tenant: Uuid) -> QueryResult<Option<DateTime<Utc>>> {
    diesel::insert_into(webhook_heads::table)
        .values((webhook_heads::tenant_id.eq(tenant), webhook_heads::last.eq(0)))
        .on_conflict(webhook_heads::tenant_id)
        .do_update()
        .set(webhook_heads::last.eq(webhook_heads::last))
        .returning(webhook_heads::changes_until)
        .get_result(connection)
        .await
}

/// Whether an operator has frozen the tenant.
async fn is_frozen(mut connection: &AsyncPgConnection, tenant: Uuid) -> QueryResult<bool> {
    let frozen_at = tenants::table.find(tenant).select(tenants::frozen_at);
    let frozen_at: Option<Option<DateTime<Utc>>> = frozen_at.first(&mut connection).await.optional()?;
    Ok(frozen_at.is_none_or(|at| at.is_some()))
}

/// Whether notices to the connector count.
async fn connector_listens(mut connection: &AsyncPgConnection, tenant: Uuid, id: Uuid) -> QueryResult<bool> {
    let change_query = connectors::table
        .find((tenant, id))
        .filter(connectors::removed_at.is_null())
        .filter(connectors::status.ne(ConnectorStatus::Disabled.as_str()))
        .select(connectors::id);
    let found: Option<Uuid> = change_query.first(&mut connection).await.optional()?;
    Ok(found.is_some())
}

/// The connector's accounts with these ids at the provider that are not marked.
async fn unmarked_accounts(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    connector: Uuid,
    provider_accounts: &[String],
) -> QueryResult<Vec<Uuid>> {
    let of_account = account_changes::tenant_id.eq(tenant).and(account_changes::account_id.eq(accounts::id));
    let change_query = accounts::table
        .left_join(account_changes::table.on(of_account))
        .filter(accounts::tenant_id.eq(tenant))
        .filter(accounts::provider_account_id.eq_any(provider_accounts))
        .filter(accounts::connector_id.eq(connector))
        .filter(accounts::status.eq_any(told_states()))
        .filter(account_changes::due_at.is_null())
        .select(accounts::id);
    change_query.load(&mut connection).await
}

/// What is told of these accounts, those of them of which the tenant is told, by id.
async fn changed_account_facts(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, SubjectFacts)>> {
    let change_query = accounts::table
        .filter(accounts::tenant_id.eq(tenant).and(accounts::id.eq_any(ids)))
        .filter(accounts::status.eq_any(told_states()))
        .order(accounts::id)
        .select((accounts::id, AccountFacts::as_select()));
    let rows: Vec<(Uuid, AccountFacts)> = change_query.load(&mut connection).await?;
    Ok(rows.into_iter().map(|(id, row)| (id, row.into())).collect())
}

/// The numbers of the accounts' next events, by account. `ids` are in order, as for everybody who takes numbers of several accounts.
async fn next_numbers(
    mut connection: &AsyncPgConnection,
    tenant: Uuid,
    ids: &[Uuid],
) -> QueryResult<HashMap<Uuid, i64>> {
    let first: Vec<_> = ids
        .iter()
        .map(|account| {
            (
                webhook_numbers::tenant_id.eq(tenant),
                webhook_numbers::account_id.eq(*account),
                webhook_numbers::last.eq(1),
            )
        })
        .collect();
    let change_query = diesel::insert_into(webhook_numbers::table)
        .values(first)
        .on_conflict((webhook_numbers::tenant_id, webhook_numbers::account_id))
        .do_update()
        .set(webhook_numbers::last.eq(webhook_numbers::last + 1))
        .returning((webhook_numbers::account_id, webhook_numbers::last));
    let rows: Vec<(Uuid, i64)> = change_query.get_results(&mut connection).await?;
    Ok(rows.into_iter().collect())
}
