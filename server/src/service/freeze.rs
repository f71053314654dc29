//! Freezes by operators. A freeze applies to the provider's account within a tenant: it suspends all its accounts,
//! whatever their user and connector, and those that are linked later, until an operator lifts it.

use bowline_api::admin::{AccountDetail, Freeze};
use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, Page, TenantId};
use uuid::Uuid;

use super::account::detail::{detail, freeze_to_wire, no_account, owner};
use super::account::frozen::Frozen;
use super::cursor::{self, Cursor, List};
use super::tenant;
use crate::app::App;
use crate::domain::state::account::AccountTrigger;
use crate::domain::{Actor, Code, Error, Event, Facts, Result, Whose, state, text};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::accounts::freezes::{FreezeKey, FreezeRow};
use crate::store::accounts::seen::SeenAccount;

/// How many accounts get an entry in their own timeline when they are frozen or released along with another. Beyond
/// that only the number is recorded.
const FROZEN_ACCOUNTS_TOLD: usize = 100;

/// The number of attempts if the account is moved to another connector, where it may have another id at the provider.
const FREEZE_TRIES: u32 = 3;

/// What an operator does to the provider account behind an account.
#[derive(Debug, Clone, Copy)]
enum FreezeAct {
    Place,
    Lift,
}

/// Freezes the provider account behind an account: the tokens of all its accounts are kept but not handed out.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` if the account is revoked, or is being moved between connectors.
pub async fn place(app: &App, actor: &Actor, id: AccountId, reason: &str) -> Result<AccountDetail> {
    act_on_freeze(app, actor, id, reason, FreezeAct::Place).await
}

/// Lifts the freeze of the provider account behind an account, even if the account itself is revoked.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` if nothing is frozen and the account is not active either, or if it is being moved
/// between connectors.
pub async fn lift(app: &App, actor: &Actor, id: AccountId, reason: &str) -> Result<AccountDetail> {
    act_on_freeze(app, actor, id, reason, FreezeAct::Lift).await
}

async fn act_on_freeze(
    app: &App,
    actor: &Actor,
    id: AccountId,
    reason: &str,
    act: FreezeAct,
) -> Result<AccountDetail> {
    let reason = text::line("reason", reason, 3, 500)?;
    for _ in 0..FREEZE_TRIES {
        let seen = owner(app, id).await?;
        let act = async |tx: &mut TenantTx| {
            let Some((subject, account_row)) = locked_provider_account(tx, &seen).await? else {
                return Ok(false);
            };
            match act {
                FreezeAct::Place => place_on(tx, actor, &subject, &account_row, &reason).await?,
                FreezeAct::Lift => lift_of(tx, actor, &subject, &account_row, &reason).await?,
            }
            Ok(true)
        };
        if app.store.scoped(seen.tenant_id.into(), act).await? {
            return detail(app, id).await;
        }
    }
    Err(Code::InvalidState.because("the account is being moved to another connector; try again").into())
}

async fn place_on(
    tx: &mut TenantTx,
    actor: &Actor,
    subject: &Frozen,
    account_row: &AccountRow,
    reason: &str,
) -> Result<()> {
    let status = account_row.status.known()?;
    if state::account::after(status, AccountTrigger::Frozen).is_none() {
        let detail = format!("the account is {status}; there is nothing to suspend");
        return Err(Code::InvalidState.because(detail).with(Facts::State { state: status.as_str() }).into());
    }
    let new = keep_freeze(tx, actor, subject, account_row.id, reason).await?;
    let at = tx.now().await?;
    let (active, frozen) = (AccountStatus::Active, AccountTrigger::Frozen);
    let changed =
        tx.change_statuses(&subject.issuer, &subject.account, active, frozen, Some(reason), at).await?;
    if new || !changed.is_empty() {
        tell_of_freeze(tx, actor, Some(account_row.id), &changed, |account, accounts, along_with| {
            Event::AccountSuspended { account, reason, accounts, along_with }
        })
        .await?;
    }
    Ok(())
}

async fn lift_of(
    tx: &mut TenantTx,
    actor: &Actor,
    subject: &Frozen,
    account_row: &AccountRow,
    reason: &str,
) -> Result<()> {
    if release_freeze(tx, actor, Some(account_row.id), subject, reason).await? {
        return Ok(());
    }
    let status = account_row.status.known()?;
    if state::account::after(status, AccountTrigger::Released).is_none() {
        let detail = format!("the account is {status}, and it is not frozen");
        return Err(Code::InvalidState.because(detail).with(Facts::State { state: status.as_str() }).into());
    }
    Ok(())
}

/// The provider account behind an account that was seen in an earlier transaction, and the account itself, both locked. None if
/// the account has been moved to another connector meanwhile: a freeze of what it was would suspend nothing.
async fn locked_provider_account(
    tx: &mut TenantTx,
    seen: &SeenAccount,
) -> Result<Option<(Frozen, AccountRow)>> {
    let subject = Frozen::of(tx, seen.connector_id, &seen.provider_account_id).await?;
    tx.lock_provider_account(&subject.to_string()).await?;
    let account_row = tx.lock_account(seen.id).await?.ok_or_else(no_account)?;
    let is_as_seen = account_row.connector_id == seen.connector_id
        && account_row.provider_account_id == seen.provider_account_id;
    Ok(is_as_seen.then_some((subject, account_row)))
}

/// Lifts a freeze by its provider account, whatever has become of the accounts.
///
/// # Errors
/// `not_found` if there is no such tenant or no such freeze; `invalid_field`.
pub async fn lift_from(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    provider_account_id: &str,
    reason: &str,
) -> Result<()> {
    let reason = text::line("reason", reason, 3, 500)?;
    let provider_account_id = text::line("provider_account_id", provider_account_id, 1, 255)?;
    tenant::scoped(app, tenant, async |tx| {
        if release_freeze(tx, actor, None, &Frozen::named(&provider_account_id), &reason).await? {
            Ok(())
        } else {
            Err(Code::NotFound.because("this account of the provider is not frozen").into())
        }
    })
    .await
}

/// A page of the freezes of one tenant, or of all.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, whose: &Whose, cursor: Option<&str>, limit: i64) -> Result<Page<Freeze>> {
    let list = List::new(app.vault.ring(), "freezes", whose)?;
    let asked: Option<Cursor<FreezeKey>> = list.read(cursor)?;
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let from = asked.as_ref().map(|cursor| &cursor.key);
    let rows = app.store.operator(async |tx| tx.freezes(whose, from, backwards, limit + 1).await).await?;
    let page = list.page(asked.as_ref(), rows, limit, |account_row| {
        (account_row.tenant_id, account_row.provider_account_id.clone())
    })?;
    Ok(cursor::map(page, freeze_to_wire))
}

/// The reason for which the provider's account is frozen within the transaction's tenant, or none. This cannot change
/// until the transaction ends. It must be checked before an account is made `active`, and before any account is locked.
pub async fn in_force(
    tx: &mut TenantTx,
    connector: Uuid,
    provider_account_id: &str,
) -> Result<Option<String>> {
    let subject = Frozen::of(tx, connector, provider_account_id).await?;
    let name = subject.to_string();
    tx.lock_provider_account(&name).await?;
    tx.freeze_reason(&name, &subject.issuer, &subject.account).await
}

/// Prevents concurrent freezing, lifting and linking of the provider account behind `account_row` until the transaction ends.
/// Must be called before any account is locked.
pub async fn lock(tx: &mut TenantTx, account_row: &AccountRow) -> Result<()> {
    let subject = Frozen::of(tx, account_row.connector_id, &account_row.provider_account_id).await?;
    tx.lock_provider_account(&subject.to_string()).await
}

/// Preserves the freeze of an account whose row is about to lose its status. For an account that was suspended before
/// freezes had their own table, the status is the only record.
pub async fn outlive(tx: &mut TenantTx, account_row: &AccountRow) -> Result<()> {
    if account_row.status == AccountStatus::Suspended {
        let subject = Frozen::of(tx, account_row.connector_id, &account_row.provider_account_id).await?;
        let reason = account_row.status_reason.as_deref().unwrap_or_default();
        keep_freeze(tx, &Actor::System, &subject, account_row.id, reason).await?;
    }
    Ok(())
}

async fn keep_freeze(
    tx: &mut TenantTx,
    actor: &Actor,
    subject: &Frozen,
    account: Uuid,
    reason: &str,
) -> Result<bool> {
    let new = FreezeRow {
        tenant_id: tx.tenant().uuid(),
        provider_account_id: subject.to_string(),
        account_id: account,
        reason: reason.to_owned(),
        placed_at: tx.now().await?,
        placed_by: match actor {
            Actor::Operator { name, .. } => Some(name.clone()),
            _ => None,
        },
    };
    tx.insert_freeze(&new).await
}

/// Releases a freeze. False if nothing was frozen.
async fn release_freeze(
    tx: &mut TenantTx,
    actor: &Actor,
    named: Option<Uuid>,
    subject: &Frozen,
    reason: &str,
) -> Result<bool> {
    tx.lock_provider_account(&subject.to_string()).await?;
    let freeze = tx.delete_freeze(&subject.to_string()).await?;
    let at = tx.now().await?;
    let (suspended, released) = (AccountStatus::Suspended, AccountTrigger::Released);
    let changed =
        tx.change_statuses(&subject.issuer, &subject.account, suspended, released, None, at).await?;
    if freeze.is_none() && changed.is_empty() {
        return Ok(false);
    }
    let named = named.or(freeze.map(|freeze| freeze.account_id));
    tell_of_freeze(tx, actor, named, &changed, |account, accounts, along_with| Event::AccountResumed {
        account,
        reason,
        accounts,
        along_with,
    })
    .await?;
    Ok(true)
}

/// Records one event on the given account, with the number of accounts that changed, and one on each of the others.
async fn tell_of_freeze<'a>(
    tx: &mut TenantTx,
    actor: &Actor,
    named: Option<Uuid>,
    changed: &[Uuid],
    event: impl Fn(AccountId, Option<usize>, Option<AccountId>) -> Event<'a>,
) -> Result<()> {
    let named = named.or(changed.first().copied());
    let Some(named) = named else { return Err(Error::bug("a freeze is on no account")) };
    tx.record(actor, event(named.into(), Some(changed.len()), None)).await?;
    for &other in changed.iter().filter(|id| **id != named).take(FROZEN_ACCOUNTS_TOLD) {
        tx.record(actor, event(other.into(), None, Some(named.into()))).await?;
    }
    Ok(())
}
