//! Deletes events that are kept no longer, and what is left of removed endpoints.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::store::{TenantTx, WorkerTx};

/// How long events and their deliveries are kept.
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(30);
/// How long those of changed files are kept, which can be many: as long as they are tried, and as long again if they are sent again.
const CHANGED_FILES_KEPT: TimeDelta = TimeDelta::days(3);
/// The number of rows of one transaction, and of endpoints of one run.
const DELIVERIES_SWEEP_BATCH: i64 = 1_000;

/// Deletes old events and removed endpoints, and returns the number of rows.
///
/// # Errors
/// The first database error.
pub async fn sweep(app: &App) -> Result<usize> {
    let (tenants, (changes, changes_before), removed) = app
        .store
        .worker(async |tx: &mut WorkerTx| {
            let now = tx.now().await?;
            let changes_before = now - CHANGED_FILES_KEPT;
            Ok((
                tx.tenants_with_old_webhooks(now - DELIVERIES_KEPT, DELIVERIES_SWEEP_BATCH).await?,
                (tx.old_changes(changes_before, DELIVERIES_SWEEP_BATCH).await?, changes_before),
                tx.removed_webhook_endpoints(DELIVERIES_SWEEP_BATCH).await?,
            ))
        })
        .await?;
    let mut deleted = 0;
    for tenant in tenants {
        deleted += app
            .store
            .scoped(tenant.into(), async |tx| {
                let before = tx.now().await? - DELIVERIES_KEPT;
                tx.delete_old_webhooks(before, DELIVERIES_SWEEP_BATCH).await
            })
            .await?;
    }
    for (tenant, sequences) in changes {
        let delete = async |tx: &mut TenantTx| tx.delete_webhooks(&sequences, changes_before).await;
        deleted += app.store.scoped(tenant.into(), delete).await?;
    }
    for one in removed {
        let delete = async |tx: &mut TenantTx| {
            tx.delete_removed_webhook_endpoint(one.endpoint, DELIVERIES_SWEEP_BATCH).await
        };
        deleted += app.store.scoped(one.tenant.into(), delete).await?;
    }
    Ok(deleted)
}
