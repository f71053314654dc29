//! Tells tenants of the accounts that notices have marked.

use bowline_api::TenantId;
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Result, Share, chain};

/// The number of accounts of one transaction.
const TOLD_ACCOUNTS_BATCH: i64 = 200;
/// The number of tenants of one round.
const TOLD_TENANTS: i64 = 200;

/// One round: tells up to 200 tenants of accounts that are due, those first who have waited longest and each within its share, and returns how many
/// marks this has removed. Tenants in `aside` are left out. Those are added who could not be told of anything, so that in the next round they
/// keep nobody waiting. The rounds are over once a round neither removes marks nor adds a tenant.
///
/// # Errors
/// The last database error if no tenant could be told.
pub async fn tell(app: &App, aside: &mut Vec<Uuid>) -> Result<usize> {
    let limits = &app.settings.limits;
    let share = Share::new(limits.changes_per_second, limits.changes_burst);
    let is_sharded = app.store.is_sharded();
    let left_out: &[Uuid] = aside;
    let due = app
        .store
        .worker(async |tx| tx.tenants_with_changes(TOLD_TENANTS, left_out, share, is_sharded).await)
        .await?;
    let (mut told, mut failed) = (0, None);
    for id in due {
        let tenant = TenantId::from(id);
        match app.store.scoped(tenant, async |tx| tx.tell_changed(TOLD_ACCOUNTS_BATCH, share).await).await {
            // Another process tells it, or has used up its share.
            Ok(0) => aside.push(id),
            Ok(count) => told += count,
            Err(error) => {
                tracing::warn!(%tenant, error = %chain(&error), "a tenant could not be told of changed accounts");
                aside.push(id);
                failed = Some(error);
            }
        }
    }
    failed.filter(|_| told == 0).map_or(Ok(told), Err)
}
