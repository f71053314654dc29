//! What runs by itself, on every replica at once: work is claimed, so that nothing is done twice.

mod sample;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::Instrument as _;

use crate::app::App;
use crate::domain::{Result, entropy};
use crate::guard::problem::chain;
use crate::metrics::{self, Ran};
use crate::service::{link, revocation, token};
use crate::telemetry::SPANS;

/// Revocations that one process works off at a time.
const REVOCATIONS_AT_ONCE: i64 = 8;
/// How long a claimed revocation may take: longer than its three outbound calls.
const CLAIM: Duration = Duration::from_secs(40);
/// How often repeated issues are written.
const FLUSH: Duration = Duration::from_secs(1);
/// How often the journal of repeated issues is looked at.
const FOLD: Duration = Duration::from_secs(5);

/// Starts the workers; they stop when `stop` turns true, each after what it is doing.
pub fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(flush_holdings(Arc::clone(app), stop.clone()));
    workers.spawn(sample::run(Arc::clone(app), stop.clone()));
    if app.settings.worker.enabled {
        workers.spawn(revoke(Arc::clone(app), stop.clone()));
        workers.spawn(sweep(Arc::clone(app), stop.clone()));
        workers.spawn(fold_holdings(Arc::clone(app), stop.clone()));
    }
    workers
}

async fn revoke(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let worker = entropy::owner();
    let mut poll = ticks(Duration::from_secs(app.settings.worker.poll_seconds));
    while wait(&mut stop, async {
        tokio::select! {
            () = app.revocation_queued.notified() => {}
            _ = poll.tick() => {}
        }
    })
    .await
    {
        // One batch after the other until nothing is due.
        while !*stop.borrow() && turn("revocations", revoke_batch(&app, worker)).await.unwrap_or(0) > 0 {}
    }
}

async fn revoke_batch(app: &Arc<App>, worker: uuid::Uuid) -> Result<usize> {
    let mut tx = app.store.worker().await?;
    let claims = tx.claim_revocations(worker, REVOCATIONS_AT_ONCE, CLAIM).await;
    let claims = tx.finish(claims).await?;
    let count = claims.len();
    let mut running = JoinSet::new();
    for claim in claims {
        let app = Arc::clone(app);
        running.spawn(async move { revocation::work_off(&app, claim).await }.in_current_span());
    }
    while let Some(done) = running.join_next().await {
        if let Ok(outcome) = done {
            noted("a revocation", outcome);
        }
    }
    Ok(count)
}

async fn sweep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(Duration::from_secs(app.settings.worker.poll_seconds));
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("link_sessions", link::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

async fn flush_holdings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FLUSH);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        turn("token_holdings", token::flush(&app)).await;
    }
    turn("token_holdings", token::flush(&app)).await;
}

async fn fold_holdings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FOLD);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        noted("folding token holdings", token::fold(&app).await);
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period.max(Duration::from_millis(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for the next thing to do; false once the process is to stop.
async fn wait(stop: &mut watch::Receiver<bool>, next: impl Future<Output = ()>) -> bool {
    tokio::select! {
        // A dropped sender means that the process is ending, too.
        _ = stop.wait_for(|stop| *stop) => false,
        () = next => true,
    }
}

/// One turn of a worker: measured, and what comes of it noted.
async fn turn<T>(worker: &'static str, work: impl Future<Output = Result<T>>) -> Option<T> {
    let span = tracing::info_span!(target: SPANS, "worker", otel.name = format!("worker {worker}"), worker);
    let begun = Instant::now();
    let outcome = work.instrument(span).await;
    metrics::worker(worker, if outcome.is_ok() { Ran::Well } else { Ran::Badly }, begun.elapsed());
    noted(worker, outcome)
}

/// A worker survives its failures: they are logged, and it tries again at its next turn.
fn noted<T>(work: &'static str, outcome: Result<T>) -> Option<T> {
    outcome.inspect_err(|error| tracing::warn!(work, error = %chain(error), "a worker failed")).ok()
}
