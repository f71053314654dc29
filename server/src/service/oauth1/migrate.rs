//! Moves accounts from OAuth 1 to OAuth 2, by the provider's own call (Dropbox: `token_from_oauth1`). An account keeps its id, gets the
//! next generation of tokens and belongs to the connector of OAuth 2 from then on. Its token of OAuth 1 is ended.

use std::time::Duration;

use bowline_api::admin::AccountDetail;
use bowline_api::status::{AccountStatus, Protocol, RevocationCause};
use bowline_api::{AccountId, ConnectorId, TenantId};
use bowline_provider::oauth1::MigratedToken;
use bowline_provider::{AppCredentials, Failure, Orphan, Profile, TokenTag};
use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use serde::Serialize;

use super::held::{self, check_account};
use super::permit::still_usable;
use crate::app::App;
use crate::domain::{About, Actor, Code, Error, Event, Result, scope, state, text};
use crate::service::account::detail::{detail, owner};
use crate::service::account::{self, places};
use crate::service::revocation::{self, GrantToRevoke};
use crate::service::{connector, freeze, tenant, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;

/// The number of accounts that are moved at the same time.
const MIGRATED_AT_ONCE: usize = 8;
/// The number of accounts that are read at a time.
const MIGRATED_BATCH: i64 = 100;

/// What became of the accounts of a connector. Accounts that were moved before are not in it.
#[derive(Debug, Default, Serialize)]
pub struct Moved {
    /// The accounts that were moved in this run.
    pub moved: usize,
    /// The accounts that could not be moved and are as before. A further run tries them again.
    pub failed: Vec<NotMoved>,
}

/// An account that could not be moved.
#[derive(Debug, Serialize)]
pub struct NotMoved {
    /// The account.
    pub account_id: AccountId,
    /// The error code.
    pub code: &'static str,
    /// What to do about it.
    pub detail: String,
}

/// Moves all active accounts of the connector `from` to the connector `to`. Each account is moved on its own, so a run that was stopped
/// is continued by a further run. If the process dies between an answer and its commit, that answer's token of OAuth 2 stays alive at the
/// provider and nobody holds it; the further run makes another. `told` takes a line after each hundred.
///
/// # Errors
/// `not_found`, `invalid_field` if the connectors do not fit; the first database error.
pub async fn migrate_all(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    (from, to): (ConnectorId, ConnectorId),
    told: &(dyn Fn(&str) + Sync),
) -> Result<Moved> {
    tenant::scoped(app, tenant, async |tx| old_and_new_connector(tx, from, to).await).await?;
    let mut report = Moved::default();
    let mut after = None;
    loop {
        let read = async |tx: &mut TenantTx| tx.active_accounts_of(from.uuid(), after, MIGRATED_BATCH).await;
        let batch = app.store.scoped(tenant, read).await?;
        let Some(last) = batch.last() else { return Ok(report) };
        after = Some(*last);
        let mut outcomes = stream::iter(batch)
            .map(|id| async move {
                let id = AccountId::from(id);
                (id, migrate(app, actor, tenant, id, (Some(from), to), None).await)
            })
            .buffer_unordered(MIGRATED_AT_ONCE);
        while let Some((account_id, outcome)) = outcomes.next().await {
            match outcome {
                Ok(()) => report.moved += 1,
                Err(error) => {
                    let (code, detail) = (error.code().as_str(), error.to_string());
                    report.failed.push(NotMoved { account_id, code, detail });
                }
            }
        }
        told(&format!("{} accounts moved, {} left as they were", report.moved, report.failed.len()));
    }
}

/// The two connectors, if accounts can be moved from one to the other: both are of one app at one issuer.
async fn old_and_new_connector(
    tx: &mut TenantTx,
    from: ConnectorId,
    to: ConnectorId,
) -> Result<(ConnectorRow, ConnectorRow)> {
    let missing = || Error::from(Code::NotFound.because("the tenant has no such connector"));
    let from = tx.connector(from.uuid()).await?.ok_or_else(missing)?;
    let to = tx.connector(to.uuid()).await?.ok_or_else(missing)?;
    let fit = from.protocol != Protocol::OAuth2
        && to.protocol == Protocol::OAuth2
        && (&from.issuer, &from.app_key) == (&to.issuer, &to.app_key);
    if fit {
        return Ok((from, to));
    }
    let detail = "accounts are moved from a connector of OAuth 1 to a connector of OAuth 2 that has the same app key at the same provider";
    Err(Code::InvalidField.because(detail).field("to").into())
}

/// An account before it is moved.
struct Before {
    row: AccountRow,
    from: ConnectorRow,
    to: ConnectorRow,
    old: AppCredentials,
    new: AppCredentials,
    token: SecretString,
}

/// Moves one account for an operator, who gives a reason.
///
/// # Errors
/// Those of [`migrate`]; `invalid_field`.
pub async fn migrate_for(
    app: &App,
    actor: &Actor,
    id: AccountId,
    to: ConnectorId,
    reason: &str,
) -> Result<AccountDetail> {
    let reason = text::line("reason", reason, 3, 500)?;
    let tenant = owner(app, id).await?.tenant_id.into();
    migrate(app, actor, tenant, id, (None, to), Some(&reason)).await?;
    detail(app, id).await
}

/// Moves one account, if it belongs to the connector `from` where one is named.
///
/// # Errors
/// `not_found`, `invalid_field`; the reason why the account has no token; `connector_disabled`, `connector_broken`;
/// `provider_unavailable`, `provider_malformed`; `invalid_state` if the provider cannot do it; `already_exists` if the user has linked the
/// same account through the new connector.
pub async fn migrate(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    account: AccountId,
    (from, to): (Option<ConnectorId>, ConnectorId),
    reason: Option<&str>,
) -> Result<()> {
    let before = app
        .store
        .scoped(tenant, async |tx| read_accounts_to_move(app, tx, account, (from, to)).await)
        .await?;
    let answer = app.provider.token_from_oauth1(&before.old, &before.token).await;
    let fresh = match answer {
        Ok(fresh) => fresh,
        Err(failure) => {
            let error = refused_migration(app, &before, &failure).await?;
            return match failure.orphan() {
                Some(orphan) => give_up(app, &before, orphan, error).await,
                None => Err(error),
            };
        }
    };
    let stored = match app.provider.identify(&before.new, &fresh.access_token).await {
        Ok(who) => store_moved_account(app, actor, &before, &fresh, &who, reason).await,
        Err(failure) => Err(unknown_answer(&failure)),
    };
    let outcome = match stored {
        Ok(()) => Ok(()),
        Err(error) => give_up(app, &before, &fresh.orphan(), error).await,
    };
    app.revocation_queued.notify_one();
    outcome
}

/// Queues the new token for revocation, unless the account has it: the confirmation of the commit may be all that was lost. Whether it
/// has is the outcome.
async fn give_up(app: &App, before: &Before, orphan: &Orphan, error: Error) -> Result<()> {
    let tenant = TenantId::from(before.row.tenant_id);
    let queue = async |tx: &mut TenantTx| {
        let keys = app.vault.keys(tx).await?;
        let now = tx.lock_account(before.row.id).await?.ok_or_else(Error::not_found)?;
        if now.connector_id == before.to.id && now.generation > before.row.generation {
            let sealed = now.sealed_access_token.as_deref();
            let (place, about) = (places::access_token(&now), About::Account(now.id.into()));
            let open = |sealed| vault::open(&keys, &place, "accounts.access_token", about, sealed);
            let held = sealed.map(open).transpose()?;
            if held
                .zip(orphan.access_token.as_ref())
                .is_some_and(|(held, orphan)| held::is_same(&held, orphan))
            {
                return Ok(true);
            }
        }
        revocation::queue(&keys, tx, GrantToRevoke::orphan(before.to.id, orphan)).await?;
        Ok(false)
    };
    let queued = app.store.scoped(tenant, queue).await;
    app.revocation_queued.notify_one();
    match queued {
        Ok(true) => Ok(()),
        Ok(false) => Err(error),
        Err(lost) => {
            let account = AccountId::from(before.row.id);
            tracing::error!(%account, error = %lost, alarm = "orphan", "an orphan grant could not be queued for revocation; it is still alive at the provider, unless the account has it");
            metrics::counter!("bowline_orphan_grants_total").increment(1);
            Err(error)
        }
    }
}

async fn read_accounts_to_move(
    app: &App,
    tx: &mut TenantTx,
    account: AccountId,
    (from, to): (Option<ConnectorId>, ConnectorId),
) -> Result<Before> {
    let row = tx.account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    if from.is_some_and(|from| from != row.connector_id.into()) {
        let detail = "the account belongs to another connector than the one from which it is to be moved";
        return Err(Code::InvalidField.because(detail).field("from").into());
    }
    account::usable(&row)?;
    let (from, to) = old_and_new_connector(tx, row.connector_id.into(), to).await?;
    still_usable(app, &from)?;
    connector::usable(&to)?;
    let keys = app.vault.keys(tx).await?;
    let sealed =
        row.sealed_access_token.as_deref().ok_or_else(|| Error::bug("an active account has no token"))?;
    let (place, about) = (places::access_token(&row), About::Account(account));
    let token = vault::open(&keys, &place, "accounts.access_token", about, sealed)?;
    check_account(&token, &row)?;
    let (old, new) = (connector::credentials(&keys, &from)?, connector::credentials(&keys, &to)?);
    Ok(Before { row, from, to, old, new, token })
}

/// Why the provider gave no token. Only words that are certainly about the token end the account.
async fn refused_migration(app: &App, before: &Before, failure: &Failure) -> Result<Error> {
    let record = async |tx: &mut TenantTx| match failure {
        Failure::TokenRejected { tag: TokenTag::Invalid } => {
            account::needs_reauth(tx, &before.row, failure.code(), None).await
        }
        Failure::ClientRejected { .. } => connector::mark_broken(tx, &before.from, failure.code()).await,
        _ => Ok(()),
    };
    app.store.scoped(before.row.tenant_id.into(), record).await?;
    Ok(match failure {
        Failure::TokenRejected { tag: TokenTag::Invalid } => {
            Code::InvalidState.because("the provider refuses the account's token, so its user must link again").into()
        }
        Failure::ClientRejected { .. } => connector::broken().into(),
        Failure::RequestRejected { .. } => Code::InvalidState
            .because("the provider gives no token of OAuth 2 for one of OAuth 1; does the connector's service have oauth2_token_url?")
            .reason(failure.code())
            .into(),
        _ => unknown_answer(failure),
    })
}

fn unknown_answer(failure: &Failure) -> Error {
    let pause = failure.retry_after().unwrap_or(Duration::from_secs(1));
    Code::ProviderUnavailable
        .because("the provider cannot be reached, or its response is not understood; the account is as before, try again later")
        .reason(failure.code())
        .retry_after(pause)
        .into()
}

/// Stores the account with its new tokens and one event, and queues its old token, in one transaction.
async fn store_moved_account(
    app: &App,
    actor: &Actor,
    before: &Before,
    fresh: &MigratedToken,
    who: &Profile,
    reason: Option<&str>,
) -> Result<()> {
    let Before { row: old, from, to, .. } = before;
    let store = async |tx: &mut TenantTx| {
        let now = tx.now().await?;
        let freeze = freeze::in_force(tx, to.id, &who.account_id).await?;
        let locked = tx.lock_account(old.id).await?.ok_or_else(Error::not_found)?;
        if locked.generation != old.generation || locked.status != AccountStatus::Active {
            let detail = "the account has changed meanwhile; it is as that change left it, try again";
            return Err(Code::InvalidState.because(detail).into());
        }
        connector::hold_usable(tx, to.id).await?;
        let mut row = AccountRow {
            connector_id: to.id,
            provider_account_id: who.account_id.clone(),
            email: who.email.clone(),
            display_name: who.display_name.clone(),
            status: state::account::linked(freeze.is_some()).into(),
            status_reason: freeze,
            scopes: scope::set(to.scopes.clone()),
            missing_scopes: Vec::new(),
            generation: old.generation + 1,
            access_expires_at: fresh.expires_in.map(|life| now + life),
            refreshed_at: Some(now),
            updated_at: now,
            protocol: to.protocol.clone(),
            ..locked.clone()
        };
        revocation::queue_account(app, tx, &locked, row.generation, RevocationCause::Relinked).await?;
        let keys = app.vault.keys(tx).await?;
        row.sealed_access_token = Some(vault::seal(&keys, &places::access_token(&row), &fresh.access_token)?);
        let seal = |token| vault::seal(&keys, &places::refresh_token(&row), token);
        row.sealed_refresh_token = fresh.refresh_token.as_ref().map(seal).transpose()?;
        if !tx.move_account(&row).await? {
            let detail =
                "this user has linked the same account through the new connector; revoke one of the two";
            return Err(Code::AlreadyExists.because(detail).into());
        }
        held::release(tx, row.id, &before.token).await?;
        let (from, to) = (ConnectorId::from(from.id), ConnectorId::from(to.id));
        let provider_account_id = who.account_id.as_str();
        let migrated =
            Event::AccountMigrated { account: row.id.into(), from, to, provider_account_id, reason };
        tx.record(actor, migrated).await
    };
    app.store.scoped(old.tenant_id.into(), store).await
}
