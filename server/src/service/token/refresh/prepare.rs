//! Whether a refresh is due, and everything that the call to the provider needs, read under the account's lease.

use std::time::Duration;

use bowline_api::AccountId;
use bowline_api::status::ConnectorStatus;
use bowline_provider::AppCredentials;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::last_token;
use super::need::Need;
use super::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::{About, Error, Result, entropy};
use crate::service::account::places;
use crate::service::token::breaker;
use crate::service::token::breaker::machine::Pass;
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::tokens::leases::Lease;

/// How long a holder is considered alive: longer than the longest outbound call.
const REFRESH_LEASE: Duration = Duration::from_secs(15);
/// How often a tenant's app may force a refresh of one account.
const REFRESH_FORCED_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What the holder of the lease needs, read in one transaction.
pub(super) struct PreparedRefresh {
    pub(super) lease: Lease,
    /// The account when the lease was taken.
    pub(super) row: AccountRow,
    /// The database's time before the provider was called. Token lifetimes count from here.
    pub(super) taken_at: DateTime<Utc>,
    pub(super) credentials: AppCredentials,
    pub(super) refresh_token: SecretString,
    pub(super) connector: ConnectorRow,
    pub(super) pass: Pass,
}

/// The next step.
pub(super) enum RefreshTurn {
    Mine(Box<PreparedRefresh>),
    Others,
    Over(RefreshOutcome),
}

pub(super) async fn prepare(
    app: &App,
    tx: &mut TenantTx,
    account: AccountId,
    need: &Need,
) -> Result<RefreshTurn> {
    let now = tx.now().await?;
    let Some(row) = refresh_due(tx, account, need, now).await? else {
        return Ok(RefreshTurn::Over(RefreshOutcome::Done));
    };
    if row.sealed_refresh_token.is_none() {
        return Ok(RefreshTurn::Over(last_token::instead(tx, &row, need, now).await?));
    }
    let connector =
        tx.connector(row.connector_id).await?.ok_or_else(|| Error::bug("an account has no connector"))?;
    if connector.status == ConnectorStatus::Disabled {
        return Ok(RefreshTurn::Over(RefreshOutcome::ConnectorDisabled));
    }
    if connector::is_given_up(&connector, now)? {
        return Ok(RefreshTurn::Over(RefreshOutcome::ConnectorBroken));
    }
    let broken = connector.status == ConnectorStatus::Broken;
    let shut = |retry_after| {
        RefreshTurn::Over(if broken {
            RefreshOutcome::ConnectorBroken
        } else {
            RefreshOutcome::Unavailable { retry_after }
        })
    };
    if let Some(retry_after) = breaker::look(tx, connector.id, broken, now).await? {
        return Ok(shut(retry_after));
    }
    if let Some(retry_after) = forced_refresh_limit(tx, &row, need, now).await? {
        return Ok(RefreshTurn::Over(RefreshOutcome::Limited { retry_after }));
    }
    let Some(lease) = tx.take_lease(row.id, entropy::owner(), REFRESH_LEASE).await? else {
        return others_or_cooling(tx, &row, now).await;
    };
    // Taking the lease may have waited for the previous holder's commit. Check again, now that nobody else can refresh.
    let Some(row) = refresh_due(tx, account, need, now).await? else {
        tx.return_lease(lease).await?;
        return Ok(RefreshTurn::Over(RefreshOutcome::Done));
    };
    let keys = app.vault.keys(tx).await?;
    let sealed =
        row.sealed_refresh_token.as_deref().ok_or_else(|| Error::bug("an account lost its refresh token"))?;
    let place = places::refresh_token(&row);
    let refresh_token =
        vault::open(&keys, &place, "accounts.refresh_token", About::Account(account), sealed)?;
    let credentials = connector::credentials(&keys, &connector)?;
    let pass = match breaker::enter(tx, connector.id, broken, lease.owner, now).await? {
        Ok(pass) => pass,
        Err(retry_after) => {
            tx.return_lease(lease).await?;
            return Ok(shut(retry_after));
        }
    };
    if matches!(need, Need::Another { .. }) {
        tx.mark_forced(lease, true).await?;
    }
    Ok(RefreshTurn::Mine(Box::new(PreparedRefresh {
        lease,
        taken_at: now,
        row,
        credentials,
        refresh_token,
        connector,
        pass,
    })))
}

/// The account, if it still has the need and the matching status.
async fn refresh_due(
    tx: &mut TenantTx,
    account: AccountId,
    need: &Need,
    now: DateTime<Utc>,
) -> Result<Option<AccountRow>> {
    let row = tx.account(account.uuid()).await?.filter(|row| row.status == need.status());
    let Some(row) = row else { return Ok(None) };
    Ok(need.is_of(tx, &row, now).await?.then_some(row))
}

/// How long a forced refresh has to wait. One in progress can be joined at any time.
async fn forced_refresh_limit(
    tx: &mut TenantTx,
    row: &AccountRow,
    need: &Need,
    now: DateTime<Utc>,
) -> Result<Option<Duration>> {
    if !matches!(need, Need::Another { .. }) {
        return Ok(None);
    }
    let lease = tx.lease(row.id).await?.filter(|lease| lease.held_until <= now);
    let free_at = lease.and_then(|lease| lease.forced_at).map(|forced_at| forced_at + REFRESH_FORCED_EVERY);
    Ok(free_at.filter(|free_at| *free_at > now).map(|free_at| time_between_forced(now, free_at)))
}

async fn others_or_cooling(tx: &mut TenantTx, row: &AccountRow, now: DateTime<Utc>) -> Result<RefreshTurn> {
    let Some(lease) = tx.lease(row.id).await? else { return Ok(RefreshTurn::Others) };
    Ok(match lease.cool_down_until.filter(|until| *until > now) {
        Some(until) => RefreshTurn::Over(RefreshOutcome::cooling(
            lease.last_error.as_deref(),
            time_between_forced(now, until),
        )),
        None => RefreshTurn::Others,
    })
}

fn time_between_forced(now: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    (until - now).to_std().unwrap_or_default()
}
