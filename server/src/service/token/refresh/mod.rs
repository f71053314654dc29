//! One refresh across all replicas: under a lease, without holding a connection while the provider is called, and
//! written only if the account is unchanged.

pub(super) mod ahead;
pub(super) mod flight;
pub(super) mod force;
pub(super) mod join;
pub(super) mod last_token;
pub(super) mod need;
pub(super) mod outcome;
mod prepare;
mod write;

use std::time::{Duration, Instant};

use bowline_api::{AccountId, TenantId};
use bowline_provider::{Failure, RefreshedToken};

use super::breaker::BreakerOutcome;
use super::breaker::machine::Pass;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::metrics::{self, Refreshed as Measured};
use need::Need;
use outcome::RefreshOutcome;
use prepare::{PreparedRefresh, RefreshTurn, prepare};
use write::write;

/// How often a caller that waits for another replica checks, and how many times at most.
const LEASE_POLL: Duration = Duration::from_millis(100);
const LEASE_POLLS: u32 = 160;
/// How long a call may take before it is reported to the breaker as failed. Otherwise a provider that hangs would be
/// noticed late.
const REPORT_SLOW_REFRESH_AFTER: Duration = Duration::from_secs(4);
/// How long after the provider's response new attempts to store it are begun if the database fails temporarily. Nobody
/// else can refresh the account until the lease ends. It is short because callers wait.
const REFRESH_WRITTEN_WITHIN: Duration = Duration::from_secs(1);
/// The pause between two attempts to write a refresh.
const REFRESH_WRITE_PAUSE: Duration = Duration::from_millis(50);

/// Refreshes the account if it still needs it, or waits for the replica that does.
pub(super) async fn run(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    need: &Need,
) -> Result<RefreshOutcome> {
    for _ in 0..LEASE_POLLS {
        match app.store.scoped_in_turn(tenant, async |tx| prepare(app, tx, account, need).await).await? {
            RefreshTurn::Over(ended) => return Ok(ended),
            RefreshTurn::Others => tokio::time::sleep(LEASE_POLL).await,
            RefreshTurn::Mine(prepared) => return refresh_under_lease(app, tenant, need, &prepared).await,
        }
    }
    Ok(RefreshOutcome::unknown())
}

/// Asks the provider, without holding a connection, and stores the outcome.
async fn refresh_under_lease(
    app: &App,
    tenant: TenantId,
    need: &Need,
    prepared: &PreparedRefresh,
) -> Result<RefreshOutcome> {
    let begun = Instant::now();
    let connector = prepared.row.connector_id;
    let (answer, told) = ask_and_tell_if_slow(app, tenant, need, prepared).await;
    let outcome = answer.as_ref().map_or_else(|failure| Measured::No(failure.code()), |_| Measured::Yes);
    let health = BreakerOutcome::of(&answer);
    let answered = Instant::now();
    if let Err(failure) = &answer {
        let account = AccountId::from(prepared.row.id);
        tracing::warn!(%account, reason = failure.code(), "a refresh failed");
    }
    let mut written = write(app, tenant, need, prepared, &answer).await;
    while matches!(written, Err(Error::Unavailable(_) | Error::Unconfirmed(_)))
        && answered.elapsed() < REFRESH_WRITTEN_WITHIN
    {
        tokio::time::sleep(REFRESH_WRITE_PAUSE).await;
        written = write(app, tenant, need, prepared, &answer).await;
    }
    if written.is_ok() && !told {
        // In its own transaction, so that the provider's response is not discarded because others wait for the
        // breaker's row.
        let report = app.breakers.report(&app.store, tenant, connector, prepared.pass, health).await;
        report.unwrap_or_else(
            |error| tracing::warn!(%error, "the outcome could not be reported to the circuit breaker"),
        );
    }
    app.activity.refreshed(tenant, answer.is_ok(), begun.elapsed());
    metrics::refresh(outcome, begun.elapsed());
    written
}

/// The provider's response, and whether the breaker was already notified because it was slow.
async fn ask_and_tell_if_slow(
    app: &App,
    tenant: TenantId,
    need: &Need,
    prepared: &PreparedRefresh,
) -> (Result<RefreshedToken, Failure>, bool) {
    let ask = ask_for_refreshed_token(app, need, prepared);
    tokio::pin!(ask);
    let pass = prepared.pass;
    if matches!(pass, Pass::Probe(_)) {
        // All others are prevented from calling. They wait for the outcome of this call.
        return (ask.await, false);
    }
    if let Ok(answer) = tokio::time::timeout(REPORT_SLOW_REFRESH_AFTER, &mut ask).await {
        return (answer, false);
    }
    let early =
        app.breakers.report(&app.store, tenant, prepared.row.connector_id, pass, BreakerOutcome::TIMED_OUT);
    let (answer, told) = tokio::join!(ask, early);
    // If even that short statement failed, the response will be reported.
    (answer, told.is_ok())
}

async fn ask_for_refreshed_token(
    app: &App,
    need: &Need,
    prepared: &PreparedRefresh,
) -> Result<RefreshedToken, Failure> {
    let PreparedRefresh { credentials, refresh_token, .. } = prepared;
    match need {
        Need::Narrowed { scopes, .. } => {
            app.provider.refresh_narrowed(credentials, refresh_token, scopes).await
        }
        _ => app.provider.refresh(credentials, refresh_token).await,
    }
}
