//! Stores a verified grant as an account, with its audit event, in one transaction.

use bowline_api::status::{AccountStatus, RevocationCause};
use bowline_api::{AccountId, TenantId};
use bowline_vault::TenantKeys;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::record::Grant;
use super::verify::{Target, Verified};
use crate::app::App;
use crate::domain::{About, Actor, Error, Event, Result, entropy, scope, state};
use crate::service::account::places;
use crate::service::{connector, freeze, revocation, tenant_freeze, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// The number of attempts if two first links of the same account conflict.
const TRIES: u32 = 3;

/// What an account that exists already means for a grant.
pub(super) enum Standing {
    /// The account has this grant.
    Same(AccountId),
    /// The account has another grant that works.
    Linked(AccountId),
    /// The account was revoked here, which a file must not undo.
    Revoked(AccountId),
    /// The account needs a grant, and may get this one.
    NeedsGrant,
}

/// What an existing account means for a grant.
///
/// # Errors
/// `unknown_state`; `integrity_error` if its token does not open.
pub(super) fn standing(keys: &TenantKeys, row: &AccountRow, grant: &Grant) -> Result<Standing> {
    let id = row.id.into();
    Ok(match row.status.known()? {
        AccountStatus::Revoking | AccountStatus::Revoked => Standing::Revoked(id),
        AccountStatus::NeedsReauth => Standing::NeedsGrant,
        AccountStatus::Active | AccountStatus::Suspended if has(keys, row, &grant.refresh_token)? => {
            Standing::Same(id)
        }
        AccountStatus::Active | AccountStatus::Suspended => Standing::Linked(id),
    })
}

/// Whether the account has this refresh token.
fn has(keys: &TenantKeys, row: &AccountRow, token: &SecretString) -> Result<bool> {
    let Some(sealed) = row.sealed_refresh_token.as_deref() else { return Ok(false) };
    let (place, about) = (places::refresh_token(row), About::Account(row.id.into()));
    let held = vault::open(keys, &place, "accounts.refresh_token", about, sealed)?;
    Ok(held.expose_secret().as_bytes().ct_eq(token.expose_secret().as_bytes()).into())
}

/// What became of a grant.
pub(super) enum Stored {
    /// A new account has it.
    New(AccountId),
    /// An account that needed a grant has it.
    Again(AccountId),
    /// It was not stored, because of an account that exists.
    Left(Standing),
}

/// Stores the grant.
///
/// # Errors
/// `connector_disabled`, `tenant_frozen`; those of the database.
pub(super) async fn store(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    target: &Target,
    grant: &Grant,
    verified: &Verified,
) -> Result<Stored> {
    for _ in 0..TRIES {
        let tx = app.store.begin_scoped(tenant).await?;
        let within = async |tx: &mut TenantTx| store_within(app, tx, actor, target, grant, verified).await;
        let (tx, stored) = tx.attempt(within).await?;
        // Someone has linked the same account for the first time at the same moment: look at what they have stored.
        let Some(stored) = stored else { continue };
        tx.commit().await?;
        return Ok(stored);
    }
    Err(Error::bug("the same account is being linked over and over"))
}

async fn store_within(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    target: &Target,
    grant: &Grant,
    verified: &Verified,
) -> Result<Option<Stored>> {
    let now = tx.now().await?;
    let keys = app.vault.keys(tx).await?;
    let (connector, account) = (target.row.id, verified.who.account_id.as_str());
    // Before any account is locked, as for a link.
    let freeze = freeze::in_force(tx, connector, account).await?;
    let before = tx.lock_linked(connector, grant.external_user_id.as_str(), account).await?;
    if let Some(before) = &before {
        let standing = standing(&keys, before, grant)?;
        if !matches!(standing, Standing::NeedsGrant) {
            return Ok(Some(Stored::Left(standing)));
        }
    }
    connector::hold_usable(tx, connector).await?;
    if tx.hold_is_frozen().await? {
        return Err(tenant_freeze::frozen().into());
    }
    let mut row = row(target, grant, verified, now);
    if let Some(before) = &before {
        row.id = before.id;
        row.generation = before.generation + 1;
        row.linked_at = before.linked_at;
        row.user_label = row.user_label.or_else(|| before.user_label.clone());
        if grant.metadata.is_none() {
            row.metadata = before.metadata.clone();
        }
        // The same grant, which the provider accepts again, must not be ended.
        if before.sealed_access_token.is_some() && !has(&keys, before, &grant.refresh_token)? {
            revocation::queue_account(app, tx, before, row.generation, RevocationCause::Relinked).await?;
        }
    }
    row.status = state::account::linked(freeze.is_some()).into();
    row.status_reason = freeze;
    let refresh_token = verified.fresh.refresh_token.as_ref().unwrap_or(&grant.refresh_token);
    let access_token = &verified.fresh.access_token;
    row.sealed_access_token = Some(vault::seal(&keys, &places::access_token(&row), access_token)?);
    row.sealed_refresh_token = Some(vault::seal(&keys, &places::refresh_token(&row), refresh_token)?);
    if !tx.put_account(&row).await? {
        return Ok(None);
    }
    let account: AccountId = row.id.into();
    let external_user_id = row.external_user_id.as_str();
    let (assurance, status, metadata) = (grant.assurance, row.status.known()?, grant.metadata.as_ref());
    let event = if before.is_none() {
        Event::AccountImported { account, external_user_id, assurance, status, metadata }
    } else {
        Event::AccountImportedAgain { account, external_user_id, assurance, status, metadata }
    };
    tx.record(actor, event).await?;
    if before.is_some_and(|before| !is_same_set(&before.scopes, &row.scopes)) {
        tx.record(actor, Event::AccountScopesChanged { account, scopes: &row.scopes }).await?;
    }
    Ok(Some(if row.generation == 1 { Stored::New(account) } else { Stored::Again(account) }))
}

fn is_same_set(one: &[String], other: &[String]) -> bool {
    scope::missing(one, other).is_empty() && scope::missing(other, one).is_empty()
}

fn row(target: &Target, grant: &Grant, verified: &Verified, now: DateTime<Utc>) -> AccountRow {
    let (connector, fresh, who) = (&target.row, &verified.fresh, &verified.who);
    // The provider knows best. If nobody says, the connector's scopes were granted, as for a link.
    let told = fresh.scopes.clone().or_else(|| grant.scopes.clone());
    let mut scopes = told.unwrap_or_else(|| connector.scopes.clone());
    // The account could be read.
    scopes.push(scope::IDENTITY.to_owned());
    let scopes = scope::set(scopes);
    AccountRow {
        tenant_id: connector.tenant_id,
        id: entropy::id::<bowline_api::id::Account>().uuid(),
        connector_id: connector.id,
        external_user_id: grant.external_user_id.as_str().to_owned(),
        provider_account_id: who.account_id.clone(),
        email: who.email.clone(),
        display_name: who.display_name.clone(),
        status: AccountStatus::Active.into(),
        status_reason: None,
        revoked_by: None,
        missing_scopes: scope::missing(&connector.scopes, &scopes),
        scopes,
        assurance: grant.assurance.into(),
        generation: 1,
        sealed_access_token: None,
        access_expires_at: Some(verified.asked_at + fresh.expires_in),
        sealed_refresh_token: None,
        refreshed_at: Some(now),
        linked_at: now,
        updated_at: now,
        last_used_at: None,
        protocol: connector.protocol.clone(),
        user_label: grant.user_label.clone(),
        metadata: grant.metadata.as_ref().map_or_else(|| json!({}), |metadata| json!(metadata)),
    }
}
