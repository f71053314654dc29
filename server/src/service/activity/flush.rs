//! Adds the counts of this process to the current minute, and deletes old minutes.

use chrono::{DurationRound as _, TimeDelta};
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::store::WorkerTx;
use crate::store::activity::ActivityCounts;

/// How long minutes are kept.
const MINUTES_KEPT: TimeDelta = TimeDelta::hours(3);
/// The number of tenants whose counts one statement adds.
const TENANTS_COUNTED_AT_ONCE: usize = 1_000;
/// The number of old minutes that one run looks at.
const OLD_MINUTES_BATCH: i64 = 1_000;

/// Adds the counts of this process to the current minute. Counts that the database refuses are added later.
///
/// # Errors
/// The first database error.
pub async fn flush(app: &App) -> Result<()> {
    let taken: Vec<(Uuid, ActivityCounts)> = app.activity.take().into_iter().collect();
    let at_once = if app.store.is_sharded() { 1 } else { TENANTS_COUNTED_AT_ONCE };
    let mut parts = taken.chunks(at_once);
    let mut outcome = Ok(());
    for part in parts.by_ref() {
        let add = async |tx: &mut WorkerTx| {
            let now = tx.now().await?;
            let minute = now.duration_trunc(TimeDelta::minutes(1));
            tx.add_activity(minute.map_err(|source| Error::internal("a time has no minute", source))?, part)
                .await
        };
        if let Err(error) = app.store.worker(add).await {
            // What was perhaps written is not written again.
            if !matches!(error, Error::Unconfirmed(_)) {
                put_back(app, part);
            }
            outcome = Err(error);
            break;
        }
    }
    // The next parts would fare no better, and each would wait as long.
    parts.for_each(|part| put_back(app, part));
    outcome
}

fn put_back(app: &App, counts: &[(Uuid, ActivityCounts)]) {
    for (tenant, counts) in counts {
        app.activity.add(*tenant, *counts);
    }
}

/// Deletes minutes that are kept no longer, and returns their number.
///
/// # Errors
/// The first database error.
pub async fn sweep(app: &App) -> Result<usize> {
    let find = async |tx: &mut WorkerTx| {
        let before = tx.now().await? - MINUTES_KEPT;
        Ok((before, tx.tenants_with_old_minutes(before, OLD_MINUTES_BATCH).await?))
    };
    let (before, tenants) = app.store.worker(find).await?;
    let mut deleted = 0;
    for tenant in tenants {
        deleted += app.store.worker(async |tx| tx.delete_old_minutes(tenant, before).await).await?;
    }
    Ok(deleted)
}
