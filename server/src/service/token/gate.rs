//! Asks and tells a connector's circuit breaker, which is a row that all replicas share (`breaker.rs` says what it does).
//!
//! Looking costs one read for a refresh. Writing happens after a failure, for the one call that tries, and while it heals;
//! what goes well is counted in memory and handed in with the next failure.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bowline_api::{ConnectorId, TenantId};
use bowline_provider::Failure;
use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::breaker::{self, Gate, Pass};
use crate::app::App;
use crate::domain::{Result, entropy};
use crate::store::TenantTx;
use crate::store::connector_health::BreakerCounts;

/// Connectors whose successes are counted at a time.
const COUNTED: usize = 10_000;
/// Older successes count half.
const HALF_LIFE: Duration = Duration::from_secs(10);

/// What this process has seen go well and not yet told.
pub struct Breakers {
    successes: Cache<Uuid, Arc<Mutex<(Instant, i64)>>>,
}

impl Default for Breakers {
    fn default() -> Self {
        Self { successes: Cache::new(COUNTED) }
    }
}

impl Breakers {
    fn succeeded(&self, connector: Uuid) {
        let new = || Ok::<_, std::convert::Infallible>(Arc::new(Mutex::new((Instant::now(), 0))));
        let Ok(tally) = self.successes.get_or_insert_with(&connector, new);
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        age(&mut tally);
        tally.1 = tally.1.saturating_add(1);
    }

    fn take(&self, connector: Uuid) -> i64 {
        let Some(tally) = self.successes.get(&connector) else { return 0 };
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        age(&mut tally);
        std::mem::take(&mut tally.1)
    }
}

fn age(tally: &mut (Instant, i64)) {
    let lives = tally.0.elapsed().as_secs() / HALF_LIFE.as_secs();
    if lives > 0 {
        *tally = (Instant::now(), tally.1.checked_shr(u32::try_from(lives).unwrap_or(u32::MAX)).unwrap_or(0));
    }
}

/// How a call to the provider ended, as far as the breaker is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    /// The provider does its work, whatever it answered.
    Answered,
    /// The provider is in trouble.
    Failed { retry_after: Option<Duration> },
}

impl Outcome {
    /// Of a call.
    pub(super) fn of<T>(answer: &Result<T, Failure>) -> Self {
        match answer {
            Err(Failure::Transient { retry_after, .. }) => Self::Failed { retry_after: *retry_after },
            Err(Failure::Malformed { .. }) => Self::Failed { retry_after: None },
            _ => Self::Answered,
        }
    }

    /// Of a call that has taken so long that the others should not wait for it.
    pub(super) const SLOW: Self = Self::Failed { retry_after: None };
}

/// How long the caller must wait, if the provider is not to be called now.
///
/// # Errors
/// Those of any statement.
pub(super) async fn look(
    tx: &mut TenantTx,
    connector: Uuid,
    broken: bool,
    now: DateTime<Utc>,
) -> Result<Option<Duration>> {
    let Some(row) = tx.connector_health(connector).await? else { return Ok(None) };
    match breaker::gate(&row, broken, now) {
        Gate::Shut(wait) => Ok(Some(spread(wait))),
        _ => Ok(None),
    }
}

/// Goes through the gate: the last thing before a call. The inner error says how long to wait.
///
/// # Errors
/// Those of any statement.
pub(super) async fn enter(
    tx: &mut TenantTx,
    connector: Uuid,
    broken: bool,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Result<Pass, Duration>> {
    let row = tx.connector_health(connector).await?;
    let gate =
        row.map_or(if broken { Gate::Probe } else { Gate::Free }, |row| breaker::gate(&row, broken, now));
    if gate == Gate::Free {
        return Ok(Ok(Pass::Free));
    }
    let mut row = tx.lock_connector_health(connector).await?;
    match breaker::enter(&mut row, broken, owner, now) {
        Ok(pass) => {
            tx.put_connector_health(&row).await?;
            Ok(Ok(pass))
        }
        Err(wait) => Ok(Err(spread(wait))),
    }
}

/// Tells how the call went. The row is the last thing that any transaction locks.
///
/// # Errors
/// Those of any statement.
pub(super) async fn report(
    app: &App,
    tx: &mut TenantTx,
    connector: Uuid,
    pass: Pass,
    outcome: Outcome,
) -> Result<()> {
    match (outcome, pass) {
        (Outcome::Answered, Pass::Free) => app.breakers.succeeded(connector),
        (Outcome::Answered, Pass::Probe(owner)) => {
            let mut row = tx.lock_connector_health(connector).await?;
            let now = tx.now().await?;
            if breaker::answered(&mut row, owner, now) {
                tx.put_connector_health(&row).await?;
                turned(connector, "healing");
            }
        }
        (Outcome::Failed { retry_after }, pass) => {
            let mut row = tx.lock_connector_health(connector).await?;
            let now = tx.now().await?;
            let successes = app.breakers.take(connector);
            let opened = breaker::failed(&mut row, pass, successes, retry_after, entropy::jitter(), now);
            tx.put_connector_health(&row).await?;
            if opened {
                turned(connector, "open");
            }
        }
    }
    Ok(())
}

/// The same in a transaction of its own.
///
/// # Errors
/// Those of any statement.
pub(super) async fn report_alone(
    app: &App,
    tenant: TenantId,
    connector: Uuid,
    pass: Pass,
    outcome: Outcome,
) -> Result<()> {
    if let (Outcome::Answered, Pass::Free) = (outcome, pass) {
        app.breakers.succeeded(connector);
        return Ok(());
    }
    let mut tx = app.store.scoped(tenant).await?;
    let told = report(app, &mut tx, connector, pass, outcome).await;
    tx.finish(told).await
}

/// How many breakers are in which state, for the metrics; all other connectors' are closed.
///
/// # Errors
/// Those of any statement.
pub async fn breaker_counts(app: &App) -> Result<BreakerCounts> {
    let mut tx = app.store.worker().await?;
    let counts = tx.breaker_counts(breaker::HEALING).await;
    tx.finish(counts).await
}

fn turned(connector: Uuid, to: &'static str) {
    metrics::counter!("bowline_breaker_transitions_total", "to" => to).increment(1);
    tracing::warn!(connector = %ConnectorId::from(connector), to, "a circuit breaker turned");
}

/// A second to a quarter longer, so that all who are told to wait do not come back at once.
fn spread(wait: Duration) -> Duration {
    let most = wait.div_f64(4.0).max(Duration::from_secs(3));
    wait + most.mul_f64(entropy::jitter())
}
