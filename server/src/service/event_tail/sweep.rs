//! Deletes events that are kept no longer for those who follow. The audit logs keep them.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::store::WorkerTx;

/// How long a stream of events can be resumed.
const TAIL_KEPT: TimeDelta = TimeDelta::hours(24);
/// The number of events of one transaction.
const TAIL_SWEEP_BATCH: i64 = 1_000;

/// Deletes old events, and all if they came with the copy of another Postgres; returns their number.
///
/// # Errors
/// The first database error.
pub async fn sweep(app: &App) -> Result<usize> {
    // Transactions on several nodes have no common numbers, and nobody reads the events there.
    let is_foreign = !app.store.is_sharded()
        && app.store.worker(async |tx: &mut WorkerTx| tx.delete_foreign_events().await).await?;
    if is_foreign {
        tracing::warn!(
            "the tail of events was that of another Postgres, of which this database is a copy; it begins anew, and those who \
             follow events are told that some may be missing"
        );
    }
    app.store
        .worker(async |tx: &mut WorkerTx| {
            let before = tx.now().await? - TAIL_KEPT;
            tx.delete_old_events(before, TAIL_SWEEP_BATCH).await
        })
        .await
}
