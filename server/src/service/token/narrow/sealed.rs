//! How narrowed tokens are sealed and stored.

use bowline_api::status::AccountStatus;
use bowline_provider::RefreshedToken;
use bowline_vault::{Context, Facts, Purpose};
use chrono::{DateTime, TimeDelta, Utc};

use super::scopes_hash::ScopesHash;
use crate::app::App;
use crate::domain::Result;
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::tokens::narrowed::NarrowedRow;

pub(super) const NARROWED_COLUMN: &str = "narrowed_tokens.sealed_access_token";
/// How long the provider's refusal to grant these scopes is cached.
const REFUSAL_LASTS: TimeDelta = TimeDelta::minutes(5);

/// Stores a narrowed token, if the account has not changed since it was requested.
pub(in crate::service::token) async fn write(
    app: &App,
    tx: &mut TenantTx,
    account_row: &AccountRow,
    hash: ScopesHash,
    fresh: &RefreshedToken,
    asked_at: DateTime<Utc>,
) -> Result<()> {
    let keys = app.vault.keys(tx).await?;
    let expires_at = asked_at + fresh.expires_in;
    let sealed =
        vault::seal(&keys, &place(account_row, &key(account_row, hash), expires_at), &fresh.access_token)?;
    put_narrowed(tx, account_row, hash, Some(sealed), expires_at).await
}

/// Records that the provider does not grant these scopes.
pub(in crate::service::token) async fn write_refusal(
    tx: &mut TenantTx,
    account_row: &AccountRow,
    hash: ScopesHash,
) -> Result<()> {
    let until = tx.now().await? + REFUSAL_LASTS;
    put_narrowed(tx, account_row, hash, None, until).await
}

async fn put_narrowed(
    tx: &mut TenantTx,
    account_row: &AccountRow,
    hash: ScopesHash,
    sealed_access_token: Option<Vec<u8>>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    // A concurrent refresh, re-link, revocation or suspension wins: nothing is written then.
    let same =
        |now: &AccountRow| now.generation == account_row.generation && now.status == AccountStatus::Active;
    if !tx.lock_account(account_row.id).await?.as_ref().is_some_and(same) {
        return Ok(());
    }
    let known = NarrowedRow { generation: account_row.generation, sealed_access_token, expires_at };
    tx.put_narrowed_token(account_row.id, &hash.0, &known).await
}

/// The row's key within its tenant.
pub(super) fn key(account_row: &AccountRow, hash: ScopesHash) -> [u8; 48] {
    let mut key = [0; 48];
    let (account, scopes) = key.split_at_mut(16);
    account.copy_from_slice(account_row.id.as_bytes());
    scopes.copy_from_slice(&hash.0);
    key
}

/// The sealing context of the token, which binds account, scopes, generation, user, provider account and its expiry.
pub(super) fn place<'a>(
    account_row: &'a AccountRow,
    key: &'a [u8; 48],
    expires_at: DateTime<Utc>,
) -> Context<'a> {
    Context::keyed(Purpose::NarrowedToken, NARROWED_COLUMN, key)
        .generation(account_row.generation)
        .external_user(&account_row.external_user_id)
        .provider_account(&account_row.provider_account_id)
        .facts(Facts::new().time("expires_at", Some(expires_at)))
}
