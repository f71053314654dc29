//! Consults and informs a connector's circuit breaker, a row that all replicas share (`machine.rs` defines its
//! transitions).
//!
//! A refresh reads the row once. The row is written after a failure, for the probe, and while the breaker heals.
//! Successes are counted in memory and reported with the next failure, or a few times a second while failures are being
//! counted. Otherwise a replica that cannot reach the provider would open the breaker for all replicas that can.

pub(super) mod machine;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bowline_api::{ConnectorId, TenantId};
use bowline_provider::Failure;
use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::domain::{Result, entropy};
use crate::store::connectors::breakers::BreakerCounts;
use crate::store::{Store, TenantTx};
use machine::{Gate, Pass};

/// The maximum number of connectors whose successes are counted.
const COUNTED_CONNECTORS: usize = 10_000;
/// After this time, the breaker counts older successes half.
const SUCCESSES_HALF_LIFE: Duration = Duration::from_secs(10);
/// The shortest interval at which a process reports successes while failures are being counted.
const REPORT_SUCCESSES_EVERY: Duration = Duration::from_millis(250);

/// Successes that this process has counted and not yet reported.
pub struct Breakers {
    successes: Cache<Uuid, Arc<Mutex<Tally>>>,
}

/// The successes of one connector.
struct Tally {
    count: i64,
    aged_at: Instant,
    taken_at: Option<Instant>,
}

impl Default for Breakers {
    fn default() -> Self {
        Self { successes: Cache::new(COUNTED_CONNECTORS) }
    }
}

impl Breakers {
    /// Reports the outcome of a call, in a separate transaction.
    pub(super) async fn report(
        &self,
        store: &Store,
        tenant: TenantId,
        connector: Uuid,
        pass: Pass,
        outcome: BreakerOutcome,
    ) -> Result<()> {
        if let (BreakerOutcome::Answered, Pass::Free | Pass::Counted) = (outcome, pass) {
            self.succeeded(connector);
        }
        let successes = match (outcome, pass) {
            (BreakerOutcome::Answered, Pass::Free) => return Ok(()),
            (BreakerOutcome::Answered, Pass::Counted) => match self.take(connector, REPORT_SUCCESSES_EVERY) {
                0 => return Ok(()),
                successes => successes,
            },
            _ => self.take(connector, Duration::ZERO),
        };
        store.scoped(tenant, async |tx| tell_breaker(tx, connector, pass, outcome, successes).await).await
    }

    fn succeeded(&self, connector: Uuid) {
        let new = || {
            let tally = Tally { count: 0, aged_at: Instant::now(), taken_at: None };
            Ok::<_, std::convert::Infallible>(Arc::new(Mutex::new(tally)))
        };
        let Ok(tally) = self.successes.get_or_insert_with(&connector, new);
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.age();
        tally.count = tally.count.saturating_add(1);
    }

    /// Takes the count; 0 if it was taken less than `pause` ago.
    fn take(&self, connector: Uuid, pause: Duration) -> i64 {
        self.successes.get(&connector).map_or(0, |tally| {
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            if tally.taken_at.is_some_and(|at| at.elapsed() < pause) {
                return 0;
            }
            tally.age();
            tally.taken_at = Some(Instant::now());
            std::mem::take(&mut tally.count)
        })
    }
}

impl Tally {
    fn age(&mut self) {
        let lives = self.aged_at.elapsed().as_secs() / SUCCESSES_HALF_LIFE.as_secs();
        if lives > 0 {
            self.aged_at = Instant::now();
            self.count = self.count.checked_shr(u32::try_from(lives).unwrap_or(u32::MAX)).unwrap_or(0);
        }
    }
}

/// The outcome of a call to the provider, as far as it matters to the circuit breaker.
#[derive(Debug, Clone, Copy)]
pub(super) enum BreakerOutcome {
    /// The provider works, whatever it answered.
    Answered,
    /// The provider is in trouble.
    Failed { retry_after: Option<Duration> },
}

impl BreakerOutcome {
    /// The outcome of a call, as the breaker counts it.
    pub(super) fn of<T>(answer: &Result<T, Failure>) -> Self {
        match answer {
            Err(Failure::Transient { retry_after, .. }) => Self::Failed { retry_after: *retry_after },
            Err(Failure::Malformed { .. }) => Self::Failed { retry_after: None },
            _ => Self::Answered,
        }
    }

    /// A call that has taken so long that other calls should not wait for its end.
    pub(super) const TIMED_OUT: Self = Self::Failed { retry_after: None };
}

/// How long the caller must wait, if the provider must not be called now.
pub(in crate::service) async fn look(
    tx: &mut TenantTx,
    connector: Uuid,
    broken: bool,
    now: DateTime<Utc>,
) -> Result<Option<Duration>> {
    let Some(breaker) = tx.breaker(connector).await? else { return Ok(None) };
    match machine::gate(&breaker, broken, now) {
        Gate::Open(wait) => Ok(Some(spread_retry(wait))),
        _ => Ok(None),
    }
}

/// Passes the gate; the last step before a call. The inner error says how long to wait.
pub(super) async fn enter(
    tx: &mut TenantTx,
    connector: Uuid,
    broken: bool,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Result<Pass, Duration>> {
    let breaker = tx.breaker(connector).await?;
    let (gate, pass) = breaker
        .map_or((if broken { Gate::HalfOpen } else { Gate::Closed }, Pass::Free), |breaker| {
            (machine::gate(&breaker, broken, now), machine::free_pass(&breaker, now))
        });
    if gate == Gate::Closed {
        return Ok(Ok(pass));
    }
    let mut breaker = tx.lock_breaker(connector).await?;
    match machine::enter(&mut breaker, broken, owner, now) {
        Ok(pass) => {
            tx.write_breaker(&breaker).await?;
            Ok(Ok(pass))
        }
        Err(wait) => Ok(Err(spread_retry(wait))),
    }
}

async fn tell_breaker(
    tx: &mut TenantTx,
    connector: Uuid,
    pass: Pass,
    outcome: BreakerOutcome,
    successes: i64,
) -> Result<()> {
    let mut breaker = tx.lock_breaker(connector).await?;
    let now = tx.now().await?;
    machine::succeeded(&mut breaker, successes, now);
    match (outcome, pass) {
        (BreakerOutcome::Answered, Pass::Free | Pass::Counted) => {}
        (BreakerOutcome::Answered, Pass::Probe(owner)) => {
            if machine::answered(&mut breaker, owner, now) {
                log_transition(connector, "healing");
            }
        }
        (BreakerOutcome::Failed { retry_after }, pass) => {
            if machine::failed(&mut breaker, pass, retry_after, entropy::jitter(), now) {
                log_transition(connector, "open");
            }
        }
    }
    tx.write_breaker(&breaker).await
}

/// The number of breakers in each state, for the metrics. All others are closed.
pub async fn breaker_counts(store: &Store) -> Result<BreakerCounts> {
    store.worker(async |tx| tx.breaker_counts(machine::HEALING).await).await
}

fn log_transition(connector: Uuid, to: &'static str) {
    metrics::counter!("bowline_breaker_transitions_total", "to" => to).increment(1);
    tracing::warn!(connector = %ConnectorId::from(connector), to, "a circuit breaker changed its state");
}

/// Adds up to a quarter, or three seconds, so that callers that were told to wait do not all come back at once.
fn spread_retry(wait: Duration) -> Duration {
    let most = wait.div_f64(4.0).max(Duration::from_secs(3));
    wait + most.mul_f64(entropy::jitter())
}
