//! Revocation: immediate in Bowline, and at the provider as soon as it is reachable.

use bowline_api::status::{AccountStatus, Protocol, RevocationCause};
use bowline_api::{AccountId, TenantId};
use bowline_vault::{Context, Purpose, TenantKeys};
use secrecy::SecretString;
use uuid::Uuid;

mod attempt;

pub use super::grant_to_revoke::GrantToRevoke;
pub use attempt::work_off;

use super::account::places;
use super::oauth1::held;
use super::{freeze, vault};
use crate::app::App;
use crate::domain::state::account::AccountTrigger;
use crate::domain::{About, Actor, Code, Error, Event, Result, entropy, state};
use crate::store::accounts::AccountRow;
use crate::store::jobs::JobRow;
use crate::store::revocations::NewRevocation;
use crate::store::{Stored, TenantTx};

/// Why a grant cannot be revoked if its tokens do not open.
const UNREADABLE_GRANT: &str = "integrity_error";

/// Revokes an account. From the commit on, no replica hands out its token. An account that is already revoked is
/// unchanged.
///
/// # Errors
/// `not_found`.
pub async fn revoke(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    actor: &Actor,
    reason: &str,
) -> Result<()> {
    let revoke = async |tx: &mut TenantTx| revoke_within(app, tx, account, actor, reason).await;
    match actor {
        Actor::ApiKey { .. } => app.store.scoped_in_turn(tenant, revoke).await?,
        _ => app.store.scoped(tenant, revoke).await?,
    }
    app.revocation_queued.notify_one();
    Ok(())
}

/// Like [`revoke`], within a transaction that has locked no account. The caller notifies the worker.
///
/// # Errors
/// `not_found`.
pub async fn revoke_within(
    app: &App,
    tx: &mut TenantTx,
    account: AccountId,
    actor: &Actor,
    reason: &str,
) -> Result<()> {
    revoke_for(app, tx, account, actor, reason, None).await
}

/// Like [`revoke_within`], as a part of `job`.
///
/// # Errors
/// `not_found`; `invalid_state` if the user has linked the account again since the job was prepared.
pub async fn revoke_for(
    app: &App,
    tx: &mut TenantTx,
    account: AccountId,
    actor: &Actor,
    reason: &str,
    job: Option<&JobRow>,
) -> Result<()> {
    let seen = tx.account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    // Before the account is locked. A freeze continues without the account.
    freeze::lock(tx, &seen).await?;
    let account_row = tx.lock_account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    // A state that only a newer version knows is no obstacle: revoking is always possible.
    if let Stored::Known(status) = account_row.status
        && state::account::after(status, AccountTrigger::Revoked).is_none()
    {
        return Ok(());
    }
    if let Some(job) = job
        && tx.is_linked_since(account_row.id, &account_row.external_user_id, job.created_at).await?
    {
        return Err(Code::InvalidState.because("the user has linked this account again meanwhile").into());
    }
    freeze::outlive(tx, &account_row).await?;
    let queued =
        queue_account(app, tx, &account_row, account_row.generation + 1, RevocationCause::Revoked).await?;
    tx.strip_account(&account_row, actor.revokes_as(), reason).await?;
    if account_row.protocol != Protocol::OAuth2 {
        tx.release_oauth1_token(account_row.id).await?;
    }
    if !queued {
        let (revoking, ended) = (AccountStatus::Revoking, AccountTrigger::RevocationEnded);
        tx.change_status(account_row.id, account_row.generation + 1, revoking, ended, Some(reason)).await?;
    }
    tx.record(actor, Event::AccountRevoked { account, reason, job: job.map(|job| job.id.into()) }).await
}

/// Queues the account's current tokens. False if none of them opens: the alarm is raised and the failure is recorded,
/// but it must be possible to end the account and to link it again.
pub async fn queue_account(
    app: &App,
    tx: &mut TenantTx,
    account_row: &AccountRow,
    generation: i64,
    cause: RevocationCause,
) -> Result<bool> {
    let keys = app.vault.keys(tx).await?;
    let access = account_row.sealed_access_token.as_deref();
    let refresh = account_row.sealed_refresh_token.as_deref();
    let about = About::Account(account_row.id.into());
    let mut tampered = Vec::new();
    let mut open = |sealed: Option<&[u8]>, place: &Context<'_>, what| {
        let opened = vault::open(&keys, place, what, about, sealed?);
        opened.inspect_err(|_| tampered.push(what)).ok()
    };
    let access_token = open(access, &places::access_token(account_row), "accounts.access_token");
    let refresh_token = open(refresh, &places::refresh_token(account_row), "accounts.refresh_token");
    // A token of OAuth 1 is sent to its connector's service and nowhere else.
    let is_elsewhere =
        access_token.as_ref().is_some_and(|token| held::check_account(token, account_row).is_err());
    if is_elsewhere {
        tampered.push("accounts.connector_id");
    }
    let grant = GrantToRevoke {
        connector: account_row.connector_id,
        account: Some(account_row.id),
        generation,
        cause,
        access_token: access_token.filter(|_| !is_elsewhere),
        access_expires_at: account_row.access_expires_at,
        refresh_token,
    };
    for what in tampered {
        tx.record(&Actor::System, Event::integrity_error(what, about)).await?;
    }
    if grant.access_token.is_none() && grant.refresh_token.is_none() {
        let lost = Event::AccountGrantLost { account: account_row.id.into(), reason: UNREADABLE_GRANT };
        tx.record(&Actor::System, lost).await?;
        return Ok(false);
    }
    queue(&keys, tx, grant).await?;
    Ok(true)
}

/// Queues a grant. Its tokens are sealed for the queue.
pub async fn queue(keys: &TenantKeys, tx: &mut TenantTx, grant: GrantToRevoke) -> Result<()> {
    let id = entropy::id::<bowline_api::id::Job>().uuid();
    let access_token = grant.access_token.map(|token| held::bound(&token, grant.connector, None));
    let seal = |token: Option<&SecretString>, place: &Context<'_>| {
        token.map(|token| vault::seal(keys, place, token)).transpose()
    };
    let new = NewRevocation {
        tenant_id: tx.tenant().uuid(),
        id,
        connector_id: grant.connector,
        account_id: grant.account,
        generation: grant.generation,
        cause: grant.cause.into(),
        sealed_access_token: seal(access_token.as_ref(), &access_place(&id))?,
        access_expires_at: grant.access_expires_at,
        sealed_refresh_token: seal(grant.refresh_token.as_ref(), &refresh_place(&id))?,
    };
    tx.insert_revocation(&new).await
}

fn access_place(id: &Uuid) -> Context<'_> {
    Context::new(Purpose::RevocationAccess, "revocations.access_token", id)
}

fn refresh_place(id: &Uuid) -> Context<'_> {
    Context::new(Purpose::RevocationRefresh, "revocations.refresh_token", id)
}
