//! Delivers events to tenants' endpoints: takes endpoints that have something due, each into a lane of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use super::schedule::{ticks, wait};
use super::turn::{noted, turn};
use crate::app::App;
use crate::domain::entropy;
use crate::metrics;
use crate::service::webhook::send;

/// The maximum number of endpoints that a process delivers to at the same time, and of failing ones among them.
const MOST_LANES: usize = 500;
const MOST_FAILING_LANES: usize = 250;
/// The pause between two looks at what is due, which gathers events that happen at the same time.
const DUE_LOOK_PAUSE: Duration = Duration::from_millis(20);
/// The interval for extending the leases of endpoints whose lanes wait for a turn. Those that need it are old by a third of a lease.
const EXTEND_LEASES_EVERY: Duration = Duration::from_secs(5);

/// Delivers until `stop` turns true. Attempts that have begun are finished.
pub(super) async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut lanes = JoinSet::new();
    // Each lane of a failing endpoint holds a reference.
    let failing = Arc::new(());
    let mut poll = ticks(Duration::from_secs(app.settings.worker.poll_seconds));
    let mut keep = ticks(EXTEND_LEASES_EVERY);
    let stopping = stop.clone();
    while wait(&mut stop, async {
        tokio::select! {
            () = app.store.queued_webhooks() => {}
            _ = poll.tick() => {}
            _ = keep.tick() => {}
            // Something may have been queued for its endpoint after it had looked.
            Some(ended) = lanes.join_next() => noted_end(&ended),
        }
    })
    .await
    {
        while let Some(ended) = lanes.try_join_next() {
            noted_end(&ended);
        }
        // Before others are taken, among which there would be those whose lease has ended.
        noted("webhooks", send::keep(&app).await);
        let room = MOST_LANES.saturating_sub(lanes.len());
        let limit = i64::try_from(room).unwrap_or_default();
        // A lane whose lease has expired must not mistake a later one of this process for its own.
        let owner = entropy::owner();
        let failing_room = MOST_FAILING_LANES.saturating_sub(Arc::strong_count(&failing) - 1);
        let claim = send::claim(&app, owner, limit, failing_room);
        let claimed = if room == 0 { None } else { turn("webhooks", claim).await };
        for lease in claimed.into_iter().flatten() {
            let (app, stop) = (Arc::clone(&app), stopping.clone());
            let counted = lease.is_failing.then(|| Arc::clone(&failing));
            let deliver = async move {
                let ended = noted("webhooks", send::deliver(&app, lease, owner, stop).await);
                drop(counted);
                ended
            };
            lanes.spawn(deliver.in_current_span());
        }
        tokio::time::sleep(DUE_LOOK_PAUSE).await;
    }
    while let Some(ended) = lanes.join_next().await {
        noted_end(&ended);
    }
}

fn noted_end(ended: &Result<Option<()>, JoinError>) {
    if ended.is_err() {
        // The lease expires, and another sender goes on.
        tracing::error!(worker = "webhooks", alarm = "worker", "a delivery of webhooks panicked");
        metrics::worker_panicked("webhooks");
    }
}
