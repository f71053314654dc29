//! Ends the sessions that nobody finished, so that no code and no grant is left behind.

use bowline_api::LinkSessionId;
use uuid::Uuid;

use super::grant::Grant;
use crate::app::App;
use crate::domain::Result;
use crate::service::audit::{Actor, event};
use crate::service::revocation;
use crate::store::TenantTx;

/// Sessions ended in one go.
const BATCH: i64 = 100;

/// Ends overdue sessions and says how many those were. A grant that was kept in one is queued for revocation.
///
/// # Errors
/// Those of the database.
pub async fn sweep(app: &App) -> Result<usize> {
    let mut tx = app.store.worker().await?;
    let overdue = tx.overdue_link_sessions(BATCH).await?;
    tx.commit().await?;
    for (tenant, session) in &overdue {
        let mut tx = app.store.scoped((*tenant).into()).await?;
        let outcome = expire(app, &mut tx, *session).await;
        tx.finish(outcome).await?;
    }
    Ok(overdue.len())
}

async fn expire(app: &App, tx: &mut TenantTx, id: Uuid) -> Result<()> {
    let Some(session) = tx.lock_link_session(id).await? else { return Ok(()) };
    let now = tx.now().await?;
    let open = matches!(session.status.as_str(), "created" | "authorizing" | "returned");
    let claimed = session.claimed_until.is_some_and(|until| until > now);
    if !open || claimed || session.expires_at > now {
        return Ok(());
    }
    if let Some(sealed) = &session.sealed_grant {
        let keys = app.vault.keys(tx).await?;
        let grant = Grant::open(&keys, &session.id, sealed)?;
        revocation::queue(&keys, tx, grant.orphaned(session.connector_id)).await?;
        app.revocation_queued.notify_one();
    }
    if tx.end_link_session(id, "expired", None, None).await? {
        tx.record(event(&Actor::System, "link_session.expired").on(LinkSessionId::from(id))).await?;
    }
    Ok(())
}
