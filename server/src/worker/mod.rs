//! Background work, which runs on every replica at once. Work is claimed, so that nothing is done twice.

mod changes;
mod sample;
mod schedule;
mod turn;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use self::schedule::{ticks, wait};
use self::turn::{noted, turn};
use crate::app::App;
use crate::domain::{Result, entropy};
use crate::metrics;
use crate::service::account::search_texts;
use crate::service::{
    activity, drain, event_tail, job, key_use, link, manage, once, revocation, token, webhook,
};

/// The number of revocations that a process handles at the same time.
const REVOCATIONS_AT_ONCE: i64 = 8;
/// How long a claimed revocation may take, which is longer than its three outbound calls.
const REVOCATION_CLAIM: Duration = Duration::from_secs(40);
/// The interval for writing repeated issues.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How long a stopping process tries to write the last repeated issues.
const LAST_FLUSH: Duration = Duration::from_secs(15);
/// How long it then tries to add its last counts to those of the overview.
const LAST_ACTIVITY_COUNT: Duration = Duration::from_secs(5);
/// The poll interval for the journal of repeated issues.
const FOLD_EVERY: Duration = Duration::from_secs(5);
/// The interval for adding to the counts of the current minute.
const COUNT_ACTIVITY_EVERY: Duration = Duration::from_secs(5);
/// The interval for writing down which API keys were used, by the day.
const WRITE_KEY_USE_EVERY: Duration = Duration::from_mins(5);
/// The interval for adding to the counts of keys, and for looking which tenants have an automatic stop.
const REPORT_DRAINS_EVERY: Duration = Duration::from_secs(1);
const WATCH: Duration = Duration::from_secs(3);
/// The poll interval for answers and visits that are kept no longer.
const FORGET_EVERY: Duration = Duration::from_mins(1);
/// The pause after a worker's panic, so that a worker that always panics does not loop rapidly.
const WORKER_RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Starts the workers under their names in metrics and log. When `stop` turns true, each finishes its current work and
/// ends.
pub fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    supervise_worker(&mut workers, "token_holdings", app, stop, flush_holdings);
    supervise_worker(&mut workers, "activity", app, stop, count_activity);
    supervise_worker(&mut workers, "drains", app, stop, stop_drains);
    supervise_worker(&mut workers, "sample", app, stop, sample::run);
    supervise_worker(&mut workers, "link_waits", app, stop, watch_sessions);
    supervise_worker(&mut workers, "events", app, stop, watch_events);
    if app.settings.worker.enabled {
        supervise_worker(&mut workers, "revocations", app, stop, revoke);
        supervise_worker(&mut workers, "jobs", app, stop, work_jobs);
        supervise_worker(&mut workers, "link_sessions", app, stop, sweep);
        supervise_worker(&mut workers, "idempotency_keys", app, stop, forget_calls);
        supervise_worker(&mut workers, "manage_sessions", app, stop, forget_visits);
        supervise_worker(&mut workers, "token_repeats", app, stop, fold_holdings);
        supervise_worker(&mut workers, "old_minutes", app, stop, forget_minutes);
        supervise_worker(&mut workers, "old_events", app, stop, forget_events);
        supervise_worker(&mut workers, "search_texts", app, stop, fold_accounts);
        supervise_worker(&mut workers, "account_changes", app, stop, changes::run);
        supervise_worker(&mut workers, "webhooks", app, stop, webhooks::run);
        supervise_worker(&mut workers, "old_webhooks", app, stop, forget_webhooks);
    }
    workers
}

/// Runs a worker until it is stopped.
fn supervise_worker<Work, Running>(
    workers: &mut JoinSet<()>,
    name: &'static str,
    app: &Arc<App>,
    stop: &watch::Receiver<bool>,
    work: Work,
) where
    Work: Fn(Arc<App>, watch::Receiver<bool>) -> Running + Send + 'static,
    Running: Future<Output = ()> + Send + 'static,
{
    let (app, stop) = (Arc::clone(app), stop.clone());
    workers.spawn(again_after_panics(name, stop.clone(), move || work(Arc::clone(&app), stop.clone())));
}

/// A worker's panic is a bug but must not keep grants alive: it is logged and counted, and the worker is restarted.
async fn again_after_panics<Running>(
    worker: &'static str,
    mut stop: watch::Receiver<bool>,
    work: impl Fn() -> Running,
) where
    Running: Future<Output = ()> + Send + 'static,
{
    // The panic hook has logged the panic; its message may contain anything.
    while tokio::spawn(work()).await.is_err() {
        tracing::error!(worker, alarm = "worker", "a worker panicked and is started again");
        metrics::worker_panicked(worker);
        if !wait(&mut stop, tokio::time::sleep(WORKER_RESTART_PAUSE)).await {
            return;
        }
    }
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
        // Handles batches until nothing is due.
        while !*stop.borrow() && turn("revocations", revoke_batch(&app, worker)).await.unwrap_or(0) > 0 {}
    }
}

async fn revoke_batch(app: &Arc<App>, worker: uuid::Uuid) -> Result<usize> {
    let claims = app
        .store
        .worker(async |tx| {
            if app.store.is_sharded() {
                tx.claim_revocations_singly(worker, REVOCATIONS_AT_ONCE, REVOCATION_CLAIM).await
            } else {
                tx.claim_revocations(worker, REVOCATIONS_AT_ONCE, REVOCATION_CLAIM).await
            }
        })
        .await?;
    let count = claims.len();
    let mut running = JoinSet::new();
    for claim in claims {
        let app = Arc::clone(app);
        running.spawn(async move { revocation::work_off(&app, claim).await }.in_current_span());
    }
    while let Some(done) = running.join_next().await {
        if let Ok(outcome) = done {
            let _ = noted("a revocation", outcome);
        } else {
            // The claim expires, and another attempt follows.
            tracing::error!(worker = "revocations", alarm = "worker", "a revocation panicked");
            metrics::worker_panicked("revocations");
        }
    }
    Ok(count)
}

async fn work_jobs(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let worker = entropy::owner();
    let mut poll = ticks(Duration::from_secs(app.settings.worker.poll_seconds));
    let mut forget = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        tokio::select! {
            () = app.job_queued.notified() => {}
            _ = poll.tick() => {}
            _ = forget.tick() => { noted("jobs", job::work::sweep(&app).await); }
        }
    })
    .await
    {
        while !*stop.borrow() && turn("jobs", job::work::work(&app, worker)).await.unwrap_or(0) > 0 {}
    }
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

async fn forget_calls(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("idempotency_keys", once::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

async fn forget_visits(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("manage_sessions", manage::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

/// Calls that wait end when the process drains, so this worker may stop at any time.
async fn watch_sessions(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let look = async {
        loop {
            noted("link_waits", link::watch(&app).await);
            tokio::time::sleep(WORKER_RESTART_PAUSE).await;
            // Somebody may still wait for what the failed round was to find.
            app.link_waits.look();
        }
    };
    wait(&mut stop, look).await;
}

/// Streams end when the process drains, so this worker may stop at any time.
async fn watch_events(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let look = async {
        loop {
            noted("events", event_tail::watch(&app).await);
            tokio::time::sleep(WORKER_RESTART_PAUSE).await;
        }
    };
    wait(&mut stop, look).await;
}

async fn flush_holdings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FLUSH_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        turn("token_holdings", token::flush(&app)).await;
    }
    // Counts in memory would be lost with the process, so it waits even for a database that is failing over.
    let rest = async {
        while turn("token_holdings", token::flush(&app)).await.is_none() {
            tokio::time::sleep(FLUSH_EVERY).await;
        }
    };
    if tokio::time::timeout(LAST_FLUSH, rest).await.is_err() {
        let unwritten = app.holdings.waiting();
        tracing::error!(
            unwritten,
            alarm = "audit",
            "the last repeated issues could not be written; the token holdings lack them"
        );
    }
    // Among them are the issues that were just written. They are not worth a longer wait.
    let _in_time = tokio::time::timeout(LAST_ACTIVITY_COUNT, turn("activity", activity::flush(&app))).await;
}

async fn count_activity(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let (mut poll, mut keys) = (ticks(COUNT_ACTIVITY_EVERY), ticks(WRITE_KEY_USE_EVERY));
    while wait(&mut stop, async {
        tokio::select! {
            _ = poll.tick() => {}
            _ = keys.tick() => { noted("activity", key_use::flush(&app).await); }
        }
    })
    .await
    {
        turn("activity", activity::flush(&app)).await;
    }
}

async fn stop_drains(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let (mut poll, mut look) = (ticks(REPORT_DRAINS_EVERY), ticks(WATCH));
    while wait(&mut stop, async {
        tokio::select! {
            _ = look.tick() => { noted("drains", drain::refresh(&app).await); }
            _ = poll.tick() => {}
            () = app.drains.hurry.notified() => {}
        }
    })
    .await
    {
        turn("drains", drain::report(&app)).await;
    }
}

async fn forget_minutes(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("old_minutes", activity::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

async fn forget_events(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("old_events", event_tail::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

async fn forget_webhooks(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FORGET_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("old_webhooks", webhook::sweep(&app)).await.unwrap_or(0) > 0 {}
    }
}

async fn fold_holdings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FOLD_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        turn("token_repeats", token::fold(&app)).await;
    }
}

/// There is much to fold after the migration, and later only what replicas of the previous version write.
async fn fold_accounts(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(FOLD_EVERY);
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        while !*stop.borrow() && turn("search_texts", search_texts::fill(&app)).await.unwrap_or(0) > 0 {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_begun_again_until_it_ends_by_itself() {
        let (_stop, stopped) = watch::channel(false);
        let turns = Arc::new(AtomicUsize::new(0));
        again_after_panics("test", stopped, || {
            let turns = Arc::clone(&turns);
            async move { assert!(turns.fetch_add(1, Ordering::SeqCst) >= 2, "on purpose") }
        })
        .await;
        assert_eq!(turns.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_worker_that_always_panics_does_not_keep_the_process_from_ending() {
        let (stop, stopped) = watch::channel(false);
        let supervised = again_after_panics("test", stopped, || async { panic!("on purpose") });
        stop.send_replace(true);
        tokio::time::timeout(Duration::from_secs(30), supervised).await.expect("it ends");
    }
}
