//! One refresh across all replicas: under a lease, without holding a connection while the provider is called, and
//! written only if the account is unchanged.

use std::time::{Duration, Instant};

use bowline_api::status::ConnectorStatus;
use bowline_api::{AccountId, TenantId};
use bowline_provider::{AppCredentials, Failure, RefreshedToken};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::breaker::Pass;
use super::gate::{self, Outcome};
use super::last_token;
use super::narrowed;
use super::need::Need;
use super::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::{About, Error, Result, entropy};
use crate::metrics::{self, Refreshed as Measured};
use crate::service::account::{self, places};
use crate::service::{connector, freeze, vault};
use crate::store::TenantTx;
use crate::store::accounts::{AccountRow, Refreshed};
use crate::store::connectors::ConnectorRow;
use crate::store::leases::Lease;

/// How long a holder is considered alive: longer than the longest outbound call.
const LEASE: Duration = Duration::from_secs(15);
/// How often a caller that waits for another replica checks, and how many times at most.
const POLL: Duration = Duration::from_millis(100);
const POLLS: u32 = 160;
/// How long nobody asks the provider again after a failure, unless it asks for longer. Doubles with each consecutive
/// failure.
const COOL_DOWN: Duration = Duration::from_secs(2);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(16);
/// The same if the provider rejects the request itself, which only a change by someone can fix.
const REFUSED_COOL_DOWN: Duration = Duration::from_mins(5);
/// How long a call may take before it is reported to the breaker as failed. Otherwise a provider that hangs would be noticed late.
const REPORT_AFTER: Duration = Duration::from_secs(4);
/// How long after the provider's response new attempts to store it are begun if the database fails temporarily. Nobody
/// else can refresh the account until the lease ends. It is short because callers wait.
const WRITTEN_WITHIN: Duration = Duration::from_secs(1);
/// The pause between two such attempts.
const PAUSE: Duration = Duration::from_millis(50);
/// How often a tenant's app may force a refresh of one account.
const FORCED_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What the holder of the lease needs, read in one transaction.
pub(super) struct Prepared {
    lease: Lease,
    /// The account when the lease was taken.
    pub(super) row: AccountRow,
    /// The database's time before the provider was called. Token lifetimes count from here.
    pub(super) taken_at: DateTime<Utc>,
    credentials: AppCredentials,
    refresh_token: SecretString,
    connector: ConnectorRow,
    pass: Pass,
}

/// The next step.
enum Turn {
    Mine(Box<Prepared>),
    Others,
    Over(RefreshOutcome),
}

/// Refreshes the account if it still needs it, or waits for the replica that does.
pub(super) async fn run(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    need: &Need,
) -> Result<RefreshOutcome> {
    for _ in 0..POLLS {
        let mut tx = app.store.scoped_in_turn(tenant).await?;
        let outcome = prepare(app, &mut tx, account, need).await;
        match tx.finish(outcome).await? {
            Turn::Over(ended) => return Ok(ended),
            Turn::Others => tokio::time::sleep(POLL).await,
            Turn::Mine(prepared) => return call(app, tenant, need, &prepared).await,
        }
    }
    Ok(RefreshOutcome::unknown())
}

async fn prepare(app: &App, tx: &mut TenantTx, account: AccountId, need: &Need) -> Result<Turn> {
    let now = tx.now().await?;
    let Some(row) = due(tx, account, need, now).await? else { return Ok(Turn::Over(RefreshOutcome::Done)) };
    if row.sealed_refresh_token.is_none() {
        return Ok(Turn::Over(last_token::instead(tx, &row, need, now).await?));
    }
    let connector =
        tx.connector(row.connector_id).await?.ok_or_else(|| Error::bug("an account has no connector"))?;
    if connector.status == ConnectorStatus::Disabled {
        return Ok(Turn::Over(RefreshOutcome::ConnectorDisabled));
    }
    if connector::is_given_up(&connector, now)? {
        return Ok(Turn::Over(RefreshOutcome::ConnectorBroken));
    }
    let broken = connector.status == ConnectorStatus::Broken;
    let shut = |retry_after| {
        Turn::Over(if broken {
            RefreshOutcome::ConnectorBroken
        } else {
            RefreshOutcome::Unavailable { retry_after }
        })
    };
    if let Some(retry_after) = gate::look(tx, connector.id, broken, now).await? {
        return Ok(shut(retry_after));
    }
    if let Some(retry_after) = limit(tx, &row, need, now).await? {
        return Ok(Turn::Over(RefreshOutcome::Limited { retry_after }));
    }
    let Some(lease) = tx.take_lease(row.id, entropy::owner(), LEASE).await? else {
        return others_or_cooling(tx, &row, now).await;
    };
    // Taking the lease may have waited for the previous holder's commit. Check again, now that nobody else can refresh.
    let Some(row) = due(tx, account, need, now).await? else {
        tx.return_lease(lease).await?;
        return Ok(Turn::Over(RefreshOutcome::Done));
    };
    let keys = app.vault.keys(tx).await?;
    let sealed =
        row.sealed_refresh_token.as_deref().ok_or_else(|| Error::bug("an account lost its refresh token"))?;
    let place = places::refresh_token(&row);
    let refresh_token =
        vault::open(&keys, &place, "accounts.refresh_token", About::Account(account), sealed)?;
    let credentials = connector::credentials(&keys, &connector)?;
    let pass = match gate::enter(tx, connector.id, broken, lease.owner, now).await? {
        Ok(pass) => pass,
        Err(retry_after) => {
            tx.return_lease(lease).await?;
            return Ok(shut(retry_after));
        }
    };
    if matches!(need, Need::Another { .. }) {
        tx.mark_forced(lease, true).await?;
    }
    Ok(Turn::Mine(Box::new(Prepared {
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
async fn due(
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
async fn limit(
    tx: &mut TenantTx,
    row: &AccountRow,
    need: &Need,
    now: DateTime<Utc>,
) -> Result<Option<Duration>> {
    if !matches!(need, Need::Another { .. }) {
        return Ok(None);
    }
    let lease = tx.lease(row.id).await?.filter(|lease| lease.held_until <= now);
    let free_at = lease.and_then(|lease| lease.forced_at).map(|forced_at| forced_at + FORCED_EVERY);
    Ok(free_at.filter(|free_at| *free_at > now).map(|free_at| between(now, free_at)))
}

async fn others_or_cooling(tx: &mut TenantTx, row: &AccountRow, now: DateTime<Utc>) -> Result<Turn> {
    let Some(lease) = tx.lease(row.id).await? else { return Ok(Turn::Others) };
    Ok(match lease.cool_down_until.filter(|until| *until > now) {
        Some(until) => Turn::Over(RefreshOutcome::cooling(lease.last_error.as_deref(), between(now, until))),
        None => Turn::Others,
    })
}

fn between(now: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    (until - now).to_std().unwrap_or_default()
}

/// Asks the provider, without holding a connection, and stores the outcome.
async fn call(app: &App, tenant: TenantId, need: &Need, prepared: &Prepared) -> Result<RefreshOutcome> {
    let begun = Instant::now();
    let connector = prepared.row.connector_id;
    let (answer, told) = ask_and_tell_if_slow(app, tenant, need, prepared).await;
    let outcome = answer.as_ref().map_or_else(|failure| Measured::No(failure.code()), |_| Measured::Yes);
    let health = Outcome::of(&answer);
    let answered = Instant::now();
    if let Err(failure) = &answer {
        let account = AccountId::from(prepared.row.id);
        tracing::warn!(%account, reason = failure.code(), "a refresh failed");
    }
    let mut written = write(app, tenant, need, prepared, &answer).await;
    while matches!(written, Err(Error::Unavailable(_) | Error::Unconfirmed(_)))
        && answered.elapsed() < WRITTEN_WITHIN
    {
        tokio::time::sleep(PAUSE).await;
        written = write(app, tenant, need, prepared, &answer).await;
    }
    if written.is_ok() && !told {
        // In its own transaction, so that the provider's response is not discarded because others wait for the
        // breaker's row.
        let report = app.breakers.report(&app.store, tenant, connector, prepared.pass, health).await;
        report.unwrap_or_else(|error| tracing::warn!(%error, "the circuit breaker could not be told"));
    }
    metrics::refresh(outcome, begun.elapsed());
    written
}

/// Stores the provider's response. It may run twice if a COMMIT was not acknowledged, so each statement is idempotent:
/// none adds to existing values.
async fn write(
    app: &App,
    tenant: TenantId,
    need: &Need,
    prepared: &Prepared,
    answer: &Result<RefreshedToken, Failure>,
) -> Result<RefreshOutcome> {
    let mut tx = app.store.scoped(tenant).await?;
    let written = match answer {
        Ok(fresh) => write_back(app, &mut tx, need, prepared, fresh).await,
        Err(failure) => write_failure(&mut tx, need, prepared, failure).await,
    };
    tx.finish(written).await
}

/// The provider's response, and whether the breaker was already notified because it was slow.
async fn ask_and_tell_if_slow(
    app: &App,
    tenant: TenantId,
    need: &Need,
    prepared: &Prepared,
) -> (Result<RefreshedToken, Failure>, bool) {
    let ask = ask(app, need, prepared);
    tokio::pin!(ask);
    let pass = prepared.pass;
    if matches!(pass, Pass::Probe(_)) {
        // All others are prevented from calling. They wait for the outcome of this call.
        return (ask.await, false);
    }
    if let Ok(answer) = tokio::time::timeout(REPORT_AFTER, &mut ask).await {
        return (answer, false);
    }
    let early = app.breakers.report(&app.store, tenant, prepared.row.connector_id, pass, Outcome::TIMED_OUT);
    let (answer, told) = tokio::join!(ask, early);
    // If even that short statement failed, the response will be reported.
    (answer, told.is_ok())
}

async fn ask(app: &App, need: &Need, prepared: &Prepared) -> Result<RefreshedToken, Failure> {
    let Prepared { credentials, refresh_token, .. } = prepared;
    match need {
        Need::Narrowed { scopes, .. } => {
            app.provider.refresh_narrowed(credentials, refresh_token, scopes).await
        }
        _ => app.provider.refresh(credentials, refresh_token).await,
    }
}

async fn write_back(
    app: &App,
    tx: &mut TenantTx,
    need: &Need,
    prepared: &Prepared,
    fresh: &RefreshedToken,
) -> Result<RefreshOutcome> {
    let row = &prepared.row;
    if !tx.end_lease(prepared.lease, None, None).await? {
        // Someone took over meanwhile. Their result stands, and this token expires by itself or ends with its grant.
        return Ok(RefreshOutcome::Done);
    }
    if let Need::Narrowed { hash, .. } = need {
        narrowed::write(app, tx, row, *hash, fresh, prepared.taken_at).await?;
    } else {
        write_refresh(app, tx, need, prepared, fresh).await?;
    }
    if prepared.connector.status == ConnectorStatus::Broken {
        connector::mark_working(tx, &prepared.connector).await?;
    }
    Ok(RefreshOutcome::Done)
}

async fn write_refresh(
    app: &App,
    tx: &mut TenantTx,
    need: &Need,
    prepared: &Prepared,
    fresh: &RefreshedToken,
) -> Result<()> {
    let row = &prepared.row;
    let keys = app.vault.keys(tx).await?;
    // Counted from before the call, because a process that was suspended in between must not trust an expired token.
    let access_expires_at = prepared.taken_at + fresh.expires_in;
    // The row as it will be, because the tokens are bound to its columns.
    let next = AccountRow {
        generation: row.generation + 1,
        access_expires_at: Some(access_expires_at),
        ..row.clone()
    };
    let refresh_token = fresh.refresh_token.as_ref().unwrap_or(&prepared.refresh_token);
    // The account may have been frozen while it was unusable.
    let freeze = match need {
        Need::Revive { .. } => freeze::in_force(tx, &row.provider_account_id).await?,
        _ => None,
    };
    let refreshed = Refreshed {
        frozen: freeze,
        sealed_access_token: vault::seal(&keys, &places::access_token(&next), &fresh.access_token)?,
        access_expires_at,
        sealed_refresh_token: vault::seal(&keys, &places::refresh_token(&next), refresh_token)?,
    };
    // A concurrent re-link, revocation or suspension wins: nothing is written then.
    let written = tx.write_refresh(row.id, row.generation, need.status(), &refreshed).await?;
    if written && let Need::Revive { .. } = need {
        account::recovered(tx, row).await?;
    }
    Ok(())
}

async fn write_failure(
    tx: &mut TenantTx,
    need: &Need,
    prepared: &Prepared,
    failure: &Failure,
) -> Result<RefreshOutcome> {
    let row = &prepared.row;
    if let (Need::Narrowed { hash, .. }, Failure::RequestRejected { .. }) = (need, failure) {
        // The refusal concerns these scopes, and is no reason to leave the account alone.
        if tx.end_lease(prepared.lease, None, None).await? {
            narrowed::write_refusal(tx, row, *hash).await?;
        }
        return Ok(RefreshOutcome::Done);
    }
    let pause = cool_down(failure, prepared.lease.failures);
    let ended = RefreshOutcome::of(failure, pause);
    let cools = !matches!(ended, RefreshOutcome::Done | RefreshOutcome::ConnectorBroken);
    if !tx.end_lease(prepared.lease, Some(failure.code()), cools.then_some(pause)).await? {
        return Ok(RefreshOutcome::Done);
    }
    if matches!(need, Need::Another { .. }) {
        // It achieved nothing, so it does not count against the limit.
        tx.mark_forced(prepared.lease, false).await?;
    }
    match ended {
        RefreshOutcome::Done => account::needs_reauth(tx, row, failure.code()).await?,
        RefreshOutcome::ConnectorBroken => {
            connector::mark_broken(tx, &prepared.connector, failure.code()).await?;
        }
        _ => {}
    }
    Ok(ended)
}

/// How long the account is left alone after a failure that follows `failures` others.
fn cool_down(failure: &Failure, failures: i32) -> Duration {
    if matches!(failure, Failure::RequestRejected { .. }) {
        return REFUSED_COOL_DOWN;
    }
    let doublings = failures.clamp(0, 8).unsigned_abs();
    let pause = COOL_DOWN.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_COOL_DOWN);
    pause.max(failure.retry_after().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bowline_provider::TransientKind;

    use super::*;

    #[test]
    fn one_account_alone_cannot_open_the_breaker_of_all() {
        let down = |retry_after| Failure::Transient { kind: TransientKind::Timeout, retry_after, sent: true };
        let mut at = Duration::ZERO;
        let tries: Vec<Duration> = (0..20)
            .map(|failures| {
                let now = at;
                at += cool_down(&down(Some(Duration::from_secs(1))), failures);
                now
            })
            .collect();
        // Its failures in any ten seconds are fewer than the five that open it.
        assert!(tries.windows(5).all(|five| five[4].saturating_sub(five[0]) > Duration::from_secs(10)));
        assert_eq!(cool_down(&down(Some(Duration::from_mins(1))), 0), Duration::from_mins(1));
        assert_eq!(cool_down(&down(Some(Duration::ZERO)), 0), COOL_DOWN, "never at once");
    }
}
