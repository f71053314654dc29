//! Deletes events that are kept no longer, and what is left of removed endpoints.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::store::WorkerTx;

/// How long events and their deliveries are kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The number of rows of one transaction, and of endpoints of one run.
const BATCH: i64 = 1_000;

/// Deletes old events and removed endpoints, and returns the number of rows.
///
/// # Errors
/// The first database error.
pub async fn sweep(app: &App) -> Result<usize> {
    let (tenants, removed) = app
        .store
        .worker(async |tx: &mut WorkerTx| {
            let before = tx.now().await? - KEPT;
            Ok((
                tx.tenants_with_old_webhooks(before, BATCH).await?,
                tx.removed_webhook_endpoints(BATCH).await?,
            ))
        })
        .await?;
    let mut deleted = 0;
    for tenant in tenants {
        deleted += app
            .store
            .scoped(tenant.into(), async |tx| {
                let before = tx.now().await? - KEPT;
                tx.delete_old_webhooks(before, BATCH).await
            })
            .await?;
    }
    for one in removed {
        let delete = async |tx: &mut crate::store::TenantTx| {
            tx.delete_removed_webhook_endpoint(one.endpoint, BATCH).await
        };
        deleted += app.store.scoped(one.tenant.into(), delete).await?;
    }
    Ok(deleted)
}
