//! Stores the account with its tokens and its audit event, and ends its session, in one transaction.

use std::collections::BTreeSet;

use bowline_api::status::{AccountStatus, Assurance, LinkSessionStatus, RevocationCause};
use bowline_api::v1::Account;
use bowline_provider::Profile;
use bowline_vault::TenantKeys;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::ending::{self, discard, still_ours};
use super::grant::Grant;
use crate::app::App;
use crate::domain::{Actor, Error, Event, LinkOptions, Result, entropy, scope, state};
use crate::service::account::{self, places};
use crate::service::link::refusal::{ACCOUNT_MISMATCH, CONNECTOR_DISABLED, TENANT_FROZEN};
use crate::service::oauth1::held;
use crate::service::{freeze, revocation, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;

/// The outcome of one attempt to store the account.
enum StoreOutcome {
    Stored(Box<AccountRow>),
    /// The grant is useless, for this reason.
    Useless(&'static str),
    /// The grant's token is being ended at the provider for an account that held it before.
    Ending,
    /// Someone else linked the same account for the first time at the same moment.
    Raced,
}

/// The number of attempts if two first links of the same account conflict.
const STORE_TRIES: u32 = 3;

pub(super) async fn store_account(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    grant: &Grant,
    who: &Profile,
) -> Result<Account> {
    for _ in 0..STORE_TRIES {
        let tx = app.store.begin_scoped(session.tenant_id.into()).await?;
        let (tx, (kept, sandbox)) = tx
            .attempt(async |tx| {
                let sandbox = tx.is_sandbox().await?;
                Ok((store_within(app, tx, actor, session, claim, grant, who).await?, sandbox))
            })
            .await?;
        match kept {
            StoreOutcome::Raced => drop(tx),
            StoreOutcome::Stored(account_row) => {
                tx.commit().await?;
                crate::metrics::link_session(LinkSessionStatus::Completed);
                app.revocation_queued.notify_one();
                return account::to_wire(*account_row, sandbox);
            }
            StoreOutcome::Ending => {
                tx.commit().await?;
                return Err(ending::token_is_ending(app, session, claim).await?);
            }
            StoreOutcome::Useless(reason) => {
                tx.commit().await?;
                return Err(discard(app, session, claim, grant.clone(), reason).await?);
            }
        }
    }
    Err(Error::bug("the same account is being linked over and over"))
}

async fn store_within(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    grant: &Grant,
    who: &Profile,
) -> Result<StoreOutcome> {
    still_ours(tx, session, claim).await?;
    let now = tx.now().await?;
    let keys = app.vault.keys(tx).await?;
    if held::is_ending(tx, &keys, &grant.access_token).await? {
        return Ok(StoreOutcome::Ending);
    }
    let provider_account = who.account_id.as_str();
    // Before any account is locked, and for any account of this provider account, because a freeze does not belong to
    // one row.
    let freeze = freeze::in_force(tx, session.connector_id, provider_account).await?;
    let before = tx.lock_linked(session.connector_id, &session.external_user_id, provider_account).await?;
    if session
        .relink_account_id
        .is_some_and(|pinned| before.as_ref().map(|account_row| account_row.id) != Some(pinned))
    {
        return Ok(StoreOutcome::Useless(ACCOUNT_MISMATCH));
    }
    // After the account, as everywhere. It was usable when the session was claimed.
    let connector = tx.hold_connector(session.connector_id).await?;
    let connector = connector.ok_or_else(|| Error::bug("a session has no connector"))?;
    if connector.removed_at.is_some() {
        return Ok(StoreOutcome::Useless(CONNECTOR_DISABLED));
    }
    // A freeze that was acknowledged while the provider was asked.
    if tx.hold_is_frozen().await? {
        return Ok(StoreOutcome::Useless(TENANT_FROZEN));
    }
    let options = LinkOptions::read(session.options.as_deref())?;
    let mut account_row = fresh_row(actor, session, &connector, grant, who, now);
    describe_account(&mut account_row, before.as_ref(), &options);
    let scopes =
        |account_row: &AccountRow| -> BTreeSet<String> { account_row.scopes.iter().cloned().collect() };
    let old_scopes = before.as_ref().map(scopes);
    if let Some(before) = before {
        // The account already exists and gets its next generation. Its previous grant is no longer needed.
        account_row.id = before.id;
        account_row.generation = before.generation + 1;
        account_row.linked_at = before.linked_at;
        // A state that this version does not know is not overwritten.
        before.status.known()?;
        if before.sealed_access_token.is_some() && !has_the_same_token(&keys, &before, grant) {
            revocation::queue_account(app, tx, &before, account_row.generation, RevocationCause::Relinked)
                .await?;
        }
    }
    account_row.status = state::account::linked(freeze.is_some()).into();
    account_row.status_reason = freeze;
    let access_token =
        held::bound(&grant.access_token, account_row.connector_id, Some(account_row.assurance.as_str()));
    account_row.sealed_access_token =
        Some(vault::seal(&keys, &places::access_token(&account_row), &access_token)?);
    let seal = |token| vault::seal(&keys, &places::refresh_token(&account_row), token);
    account_row.sealed_refresh_token = grant.refresh_token.as_ref().map(seal).transpose()?;
    if !tx.put_account(&account_row).await? {
        return Ok(StoreOutcome::Raced);
    }
    held::hold(tx, &keys, account_row.id, &access_token).await?;
    held::release(tx, session.id, &access_token).await?;
    tx.end_link_session(session.id, LinkSessionStatus::Completed, None, Some(account_row.id)).await?;
    let (account, link_session) = (account_row.id.into(), session.id.into());
    let external_user_id = session.external_user_id.as_str();
    let (assurance, status) = (account_row.assurance.known()?, account_row.status.known()?);
    let metadata = options.metadata.as_ref();
    let linked = if old_scopes.is_none() {
        Event::AccountLinked { account, link_session, external_user_id, assurance, status, metadata }
    } else {
        Event::AccountRelinked { account, link_session, external_user_id, assurance, status, metadata }
    };
    tx.record(actor, linked).await?;
    if old_scopes.is_some_and(|old| old != scopes(&account_row)) {
        tx.record(actor, Event::AccountScopesChanged { account, scopes: &account_row.scopes }).await?;
    }
    tx.record(actor, Event::LinkSessionCompleted { link_session, account }).await?;
    Ok(StoreOutcome::Stored(Box::new(account_row)))
}

/// What the tenant says about the account. What it says nothing about stays as it was.
fn describe_account(account_row: &mut AccountRow, before: Option<&AccountRow>, options: &LinkOptions) {
    let label = || before.and_then(|before| before.user_label.clone());
    account_row.user_label = options.user_label.clone().or_else(label);
    account_row.metadata = match (&options.metadata, before) {
        (Some(metadata), _) => json!(metadata),
        (None, Some(before)) => before.metadata.clone(),
        (None, None) => json!({}),
    };
}

/// Whether the service gave the token again that the account already has, as some services of OAuth 1 do until it is ended.
fn has_the_same_token(keys: &TenantKeys, before: &AccountRow, grant: &Grant) -> bool {
    let sealed = before.sealed_access_token.as_deref().filter(|_| held::is_pair(&grant.access_token));
    // One that does not open is reported when it is queued.
    let old = sealed.and_then(|sealed| keys.open_string(&places::access_token(before), sealed).ok());
    old.is_some_and(|old| held::is_same(&old, &grant.access_token))
}

fn fresh_row(
    actor: &Actor,
    session: &LinkSessionRow,
    connector: &ConnectorRow,
    grant: &Grant,
    who: &Profile,
    now: DateTime<Utc>,
) -> AccountRow {
    let scopes = scope::set(grant.scopes.clone().unwrap_or_else(|| session.scopes.clone()));
    // The end user completes only in their own browser, where nobody has asked for the tenant's proof.
    let assurance = if matches!(actor, Actor::EndUser) { Assurance::Browser } else { Assurance::Confirmed };
    AccountRow {
        tenant_id: session.tenant_id,
        id: entropy::id::<bowline_api::id::Account>().uuid(),
        connector_id: session.connector_id,
        external_user_id: session.external_user_id.clone(),
        provider_account_id: who.account_id.clone(),
        email: who.email.clone(),
        display_name: who.display_name.clone(),
        status: AccountStatus::Active.into(),
        status_reason: None,
        revoked_by: None,
        missing_scopes: scope::missing(&session.scopes, &scopes),
        scopes,
        assurance: assurance.into(),
        generation: 1,
        sealed_access_token: None,
        access_expires_at: grant.access_expires_at,
        sealed_refresh_token: None,
        refreshed_at: Some(now),
        linked_at: now,
        updated_at: now,
        last_used_at: None,
        protocol: connector.protocol.clone(),
        user_label: None,
        metadata: json!({}),
    }
}
