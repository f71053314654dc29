//! Tells tenants of the accounts that notices have marked.

use crate::app::App;
use crate::domain::{Result, chain};

/// The number of accounts of one transaction.
const BATCH: i64 = 200;
/// The number of tenants of one run.
const TENANTS: i64 = 200;

/// Tells tenants of accounts that are due, and returns how many marks this has removed. A tenant of which nothing can be written does not
/// keep others waiting.
///
/// # Errors
/// The last database error.
pub async fn tell(app: &App) -> Result<usize> {
    let tenants = app.store.worker(async |tx| tx.tenants_with_changes(TENANTS).await).await?;
    let (mut told, mut failed) = (0, None);
    for tenant in tenants {
        match app.store.scoped(tenant.into(), async |tx| tx.tell_changed(BATCH).await).await {
            Ok(count) => told += count,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "a tenant could not be told of changed accounts");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(told), Err)
}
