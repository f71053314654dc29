//! Accounts as operators manage them: listing across tenants, inspecting one, revoking.

use std::time::Duration;

use bowline_api::admin::{AccountDetail, AccountState, AccountSummary, AuditEvent};
use bowline_api::page::Total;
use bowline_api::{AccountId, Page, TenantId};

use super::detail::{Names, detail, no_account, owner, revocation_facts};
use crate::app::App;
use crate::domain::{AccountFilter, Actor, Event, Result, Whose, text};
use crate::service::audit::log;
use crate::service::cursor;
use crate::service::cursor::{Cursor, Direction, List};
use crate::service::revocation;
use crate::store::accounts::order::AccountKey;
use crate::store::accounts::search::{Budget, SearchPage};
use crate::store::accounts::seen::SeenAccount;
use crate::store::{OperatorTx, TenantTx};

/// A page of the accounts that match `filter`. The first page includes their total number.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(
    app: &App,
    mut filter: AccountFilter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AccountSummary>> {
    let list = List::new(app.vault.ring(), "accounts", &filter)?;
    let asked_page: Option<Cursor<AccountKey>> = list.read(cursor)?;
    let asked_page = asked_page.as_ref();
    let budget = Budget::of(Duration::from_millis(app.settings.operators.search_milliseconds));
    let (found, names) =
        app.store.operator(async |tx| account_page(tx, &mut filter, asked_page, limit, budget).await).await?;
    let page = match found {
        AccountPage::Listed(rows, total) => {
            let page = list.page(asked_page, rows, limit, |row| AccountKey::of(row, filter.sort))?;
            Page { total, ..page }
        }
        AccountPage::Searched(page) => {
            let cursor = |key: Option<AccountKey>, direction| {
                key.map(|key| list.write(&Cursor { direction, key })).transpose()
            };
            Page {
                next: cursor(page.next, Direction::After)?,
                prev: cursor(page.prev, Direction::Before)?,
                items: page.rows,
                total: page.total,
                unknown_state: Vec::new(),
                incomplete: page.incomplete,
            }
        }
    };
    cursor::try_map(page, |row| AccountId::from(row.id), |row| names.summary(row))
}

/// A page of a list.
enum AccountPage {
    /// The rows and one more, nearest first, of a list without a text.
    Listed(Vec<SeenAccount>, Option<Total>),
    /// A page of a search.
    Searched(SearchPage),
}

async fn account_page(
    tx: &mut OperatorTx,
    filter: &mut AccountFilter,
    asked_page: Option<&Cursor<AccountKey>>,
    limit: i64,
    budget: Budget,
) -> Result<(AccountPage, Names)> {
    if let (Some(connector), None) = (filter.connector, filter.tenants.single()) {
        // The index on connectors begins with the tenant, like every other.
        let owner = tx.connector_owner(connector).await?.filter(|owner| filter.tenants.includes(*owner));
        if let Some(owner) = owner {
            filter.tenants = Whose::one(owner.into());
        } else {
            // There is no such connector. Without a tenant, the query would scan all accounts for nothing.
            return Ok((AccountPage::Listed(Vec::new(), Some(Total::NONE)), Names::default()));
        }
    }
    let place = asked_page.map(|cursor| (&cursor.key, cursor.is_backwards()));
    if let Some(page) = tx.searched_accounts(filter, place, limit, budget).await? {
        let names = Names::of(tx, &page.rows).await?;
        return Ok((AccountPage::Searched(page), names));
    }
    let backwards = asked_page.is_some_and(Cursor::is_backwards);
    let rows = tx.accounts(filter, asked_page.map(|cursor| &cursor.key), backwards, limit + 1).await?;
    let total = match asked_page {
        Some(_) => None,
        None => Some(tx.count_accounts(filter).await?),
    };
    let names = Names::of(tx, &rows).await?;
    Ok((AccountPage::Listed(rows, total), names))
}

/// One account with the facts about its tokens that operators may see. Inspections are recorded in the tenant's log,
/// once per operator and hour.
///
/// # Errors
/// `not_found`.
pub async fn inspect(app: &App, actor: &Actor, id: AccountId) -> Result<AccountDetail> {
    let tenant = owner(app, id).await?.tenant_id.into();
    record_inspection(app, actor, tenant, id).await?;
    detail(app, id).await
}

/// The tenant of an account.
///
/// # Errors
/// `not_found`.
pub async fn tenant_of(app: &App, id: AccountId) -> Result<TenantId> {
    Ok(owner(app, id).await?.tenant_id.into())
}

/// Records that an operator reads what is known of an account, once per operator and hour.
pub(super) async fn record_inspection(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: AccountId,
) -> Result<()> {
    let record = async |tx: &mut TenantTx| {
        let inspected = Event::AccountInspected { account: id };
        if tx.is_first_of_hour(actor, inspected).await? {
            tx.record(actor, inspected).await?;
        }
        Ok(())
    };
    app.store.scoped(tenant, record).await
}

/// The progress of an account, for polling. It reveals nothing about its tokens, so it is not recorded.
///
/// # Errors
/// `not_found`.
pub async fn status(app: &App, id: AccountId) -> Result<AccountState> {
    let read = async |tx: &mut OperatorTx| {
        let row = tx.seen_account(id.uuid()).await?.ok_or_else(no_account)?;
        let revocation = tx.revocation(row.tenant_id, row.id).await?.map(revocation_facts);
        Ok(AccountState {
            id,
            status: row.status.known()?.into(),
            status_reason: row.status_reason,
            revocation,
        })
    };
    app.store.operator(read).await
}

/// What was done to an account, newest first: the entries of its tenant's log about it.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn timeline(
    app: &App,
    id: AccountId,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AuditEvent>> {
    let tenant = owner(app, id).await?.tenant_id.into();
    log::list(app, Some(tenant), Some(&id.to_string()), cursor, limit).await
}

/// Revokes an account: immediately in Bowline, and at the provider as soon as it is reachable.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn revoke(app: &App, actor: &Actor, id: AccountId, reason: &str) -> Result<AccountDetail> {
    let reason = text::line("reason", reason, 3, 500)?;
    let tenant = owner(app, id).await?.tenant_id.into();
    revocation::revoke(app, tenant, id, actor, &reason).await?;
    detail(app, id).await
}
