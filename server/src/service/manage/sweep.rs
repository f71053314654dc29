//! Deletes manage sessions that nobody can use any more.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;

/// The maximum number of sessions that one run looks at.
const MANAGE_TENANTS_BATCH: i64 = 200;
/// The maximum number of sessions of a tenant that one run deletes.
const MANAGE_SESSIONS_OF_A_TENANT: i64 = 1_000;
/// How long an expired session is kept, so that its page says what happened: as long as a browser keeps its cookie.
const MANAGE_SESSIONS_KEPT: TimeDelta = TimeDelta::days(1);

/// Deletes sessions that expired more than a day ago, and returns their number.
///
/// # Errors
/// The first database error, after all tenants were tried.
pub async fn sweep(app: &App) -> Result<usize> {
    let find = async |tx: &mut crate::store::WorkerTx| {
        let before = tx.now().await? - MANAGE_SESSIONS_KEPT;
        Ok((before, tx.tenants_with_old_manage_sessions(before, MANAGE_TENANTS_BATCH).await?))
    };
    let (before, tenants) = app.store.worker(find).await?;
    let mut outcome = Ok(0);
    for tenant in tenants {
        let delete = async |tx: &mut crate::store::TenantTx| {
            tx.delete_old_manage_sessions(before, MANAGE_SESSIONS_OF_A_TENANT).await
        };
        let deleted = app.store.scoped(tenant.into(), delete).await;
        outcome = match (outcome, deleted) {
            (Ok(all), Ok(some)) => Ok(all + some),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
    }
    outcome
}
