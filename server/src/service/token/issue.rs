//! Hands out an account's token, refreshing it first where it would not live long enough.

use std::time::{Duration, Instant};

use bowline_api::v1::AccessToken;
use bowline_api::{AccountId, ApiKeyId, ConnectorId, TenantId};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;

use super::refresh::{self, Ended};
use crate::app::App;
use crate::domain::identity::ExternalUserId;
use crate::domain::{Code, Error, Result};
use crate::metrics::{self, TokenOutcome};
use crate::service::account::{self, places};
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::accounts::{AccountRow, OwnAccounts};
use crate::store::token_holdings::Holding;

/// Seconds that a token lives at least if the caller does not say.
const DEFAULT_MIN_TTL: u32 = 300;
/// The most that a caller can ask for.
const MAX_MIN_TTL: u32 = 3600;

/// Who wants a token, and how long it shall live.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    tenant: TenantId,
    key: ApiKeyId,
    min_ttl: Duration,
}

impl Wanted {
    /// # Errors
    /// `invalid_field` where `min_ttl` is above an hour.
    pub fn new(tenant: TenantId, key: ApiKeyId, min_ttl: Option<u32>) -> Result<Self> {
        let seconds = min_ttl.unwrap_or(DEFAULT_MIN_TTL);
        if seconds > MAX_MIN_TTL {
            let detail = format!("min_ttl must be 0 to {MAX_MIN_TTL} seconds");
            return Err(Code::InvalidField.because(detail).with("field", "min_ttl").into());
        }
        // Whatever is asked for: a token that dies on its way is none.
        let min_ttl = Duration::from_secs(seconds.into()).max(refresh::SKEW);
        Ok(Self { tenant, key, min_ttl })
    }
}

/// The token of one account.
///
/// # Errors
/// What keeps it from being handed out: see [`account::usable`]; or that no refresh could be had.
pub async fn for_account(app: &App, wanted: Wanted, account: AccountId) -> Result<AccessToken> {
    let begun = Instant::now();
    let fetched = fetch(app, wanted, account).await;
    let outcome =
        fetched.as_ref().map_or_else(|error| TokenOutcome::Refused(error.code()), |(_, outcome)| *outcome);
    metrics::token().observe(outcome, begun.elapsed());
    if let Err(Error::Integrity { what }) = &fetched {
        account::note_integrity_error(app, wanted.tenant, account, what).await?;
    }
    fetched.map(|(token, _)| token)
}

async fn fetch(app: &App, wanted: Wanted, account: AccountId) -> Result<(AccessToken, TokenOutcome)> {
    match look(app, wanted, account).await? {
        Look::Fresh(token) => Ok((token, TokenOutcome::Fresh)),
        Look::Stale => {
            let ended = app.refreshes.join(app, wanted.tenant, account, wanted.min_ttl).await?;
            let token = after_refresh(app, wanted, account, ended).await?;
            let outcome = if token.degraded { TokenOutcome::Degraded } else { TokenOutcome::Refreshed };
            Ok((token, outcome))
        }
    }
}

/// The token of a user's one active account.
///
/// # Errors
/// `ambiguous_account` where the user has several; otherwise those of [`for_account`].
pub async fn for_user(
    app: &App,
    wanted: Wanted,
    user: &ExternalUserId,
    connector: Option<ConnectorId>,
) -> Result<AccessToken> {
    let mut tx = app.store.scoped(wanted.tenant).await?;
    let filter = OwnAccounts { external_user_id: Some(user.as_str()), limit: 1000, ..OwnAccounts::default() };
    let rows = tx.own_accounts(&filter).await?;
    tx.commit().await?;
    let rows: Vec<AccountRow> = rows
        .into_iter()
        .filter(|row| connector.is_none_or(|connector| connector.uuid() == row.connector_id))
        .collect();
    let active: Vec<&AccountRow> = rows.iter().filter(|row| row.status == "active").collect();
    match (active.as_slice(), rows.first()) {
        ([one], _) => for_account(app, wanted, one.id.into()).await,
        ([], Some(newest)) => for_account(app, wanted, newest.id.into()).await,
        ([], None) => Err(Error::not_found()),
        (several, _) => {
            let ids: Vec<String> = several.iter().map(|row| AccountId::from(row.id).to_string()).collect();
            let detail = "the user has several active accounts; ask for one of account_ids";
            Err(Code::AmbiguousAccount.because(detail).with("account_ids", ids).into())
        }
    }
}

/// What one look at the database says.
enum Look {
    Fresh(AccessToken),
    Stale,
}

async fn look(app: &App, wanted: Wanted, account: AccountId) -> Result<Look> {
    let mut tx = app.store.scoped(wanted.tenant).await?;
    let outcome = look_within(app, &mut tx, wanted, account).await;
    tx.finish(outcome).await
}

async fn look_within(app: &App, tx: &mut TenantTx, wanted: Wanted, account: AccountId) -> Result<Look> {
    let now = tx.now().await?;
    let row = tx.account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    account::usable(&row)?;
    match row.access_expires_at {
        Some(expires_at) if expires_at >= now + wanted.min_ttl => {
            Ok(Look::Fresh(issue(app, tx, wanted, &row, expires_at, false).await?))
        }
        _ => Ok(Look::Stale),
    }
}

/// The refresh has ended one way or the other: the database says what can be handed out now.
async fn after_refresh(app: &App, wanted: Wanted, account: AccountId, ended: Ended) -> Result<AccessToken> {
    let mut tx = app.store.scoped(wanted.tenant).await?;
    let outcome = after_refresh_within(app, &mut tx, wanted, account, ended).await;
    tx.finish(outcome).await
}

async fn after_refresh_within(
    app: &App,
    tx: &mut TenantTx,
    wanted: Wanted,
    account: AccountId,
    ended: Ended,
) -> Result<AccessToken> {
    let now = tx.now().await?;
    let row = tx.account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    account::usable(&row)?;
    let alive = row.access_expires_at.filter(|expires_at| *expires_at > now + refresh::SKEW);
    match alive {
        Some(expires_at) if expires_at >= now + wanted.min_ttl => {
            issue(app, tx, wanted, &row, expires_at, false).await
        }
        // A refresh was due and did not come about, or the provider's tokens do not live as long as was asked for.
        Some(expires_at) => issue(app, tx, wanted, &row, expires_at, true).await,
        None => Err(ended.refusal()),
    }
}

async fn issue(
    app: &App,
    tx: &mut TenantTx,
    wanted: Wanted,
    row: &AccountRow,
    expires_at: DateTime<Utc>,
    degraded: bool,
) -> Result<AccessToken> {
    let keys = app.vault.keys(tx).await?;
    let sealed =
        row.sealed_access_token.as_deref().ok_or_else(|| Error::bug("an active account has no token"))?;
    let token = vault::open(&keys, &places::access_token(row), "accounts.access_token", sealed)?;
    let holding = Holding { account: row.id, api_key: wanted.key.uuid(), generation: row.generation };
    // The first issue is on record before the token leaves, or the token does not leave.
    if !tx.is_held(holding).await? && tx.insert_holding(holding).await? {
        app.holdings.first(wanted.tenant, holding);
    } else {
        app.holdings.repeated(wanted.tenant, holding);
    }
    Ok(AccessToken {
        access_token: token.expose_secret().to_owned(),
        token_type: "bearer".to_owned(),
        expires_at,
        scopes: row.scopes.clone(),
        account_id: row.id.into(),
        provider_account_id: row.provider_account_id.clone(),
        degraded,
    })
}
