//! Ends unfinished sessions, so that no approval or grant is left behind.

use bowline_api::status::LinkSessionStatus;
use uuid::Uuid;

use super::complete::grant::Grant;
use super::refusal::{INTERRUPTED, of_another_account};
use crate::app::App;
use crate::domain::state::link_session;
use crate::domain::{Actor, Error, Event, Result};
use crate::store::link_sessions::LinkSessionRow;
use crate::store::{Stored, TenantTx};

/// The number of sessions per run.
const OVERDUE_SESSIONS_BATCH: i64 = 100;

/// Ends overdue sessions and returns their number. If one holds a grant, it is queued for revocation.
///
/// # Errors
/// The first database error, after every session of the batch was tried, so that one failure does not keep the others
/// alive.
pub async fn sweep(app: &App) -> Result<usize> {
    let overdue = app.store.worker(async |tx| tx.overdue_link_sessions(OVERDUE_SESSIONS_BATCH).await).await?;
    let mut outcome = Ok(overdue.len());
    for (tenant, session) in overdue {
        match app.store.scoped(tenant.into(), async |tx| expire_session(app, tx, session).await).await {
            Ok(true) => crate::metrics::link_session(LinkSessionStatus::Expired),
            Ok(false) => {}
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    outcome
}

/// Ends one session. False if it is no longer overdue.
async fn expire_session(app: &App, tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let Some(session) = tx.lock_link_session(id).await? else { return Ok(false) };
    let now = tx.now().await?;
    let open = matches!(session.status, Stored::Known(status) if link_session::is_open(status));
    let claimed = session.claimed_until.is_some_and(|until| until > now);
    if !open || claimed || session.expires_at > now {
        return Ok(false);
    }
    let mut integrity_error = None;
    if let Some(sealed) = &session.sealed_grant {
        match queue_grant(app, tx, &session, sealed).await {
            Ok(()) => app.revocation_queued.notify_one(),
            // If it did not open, the alarm has been raised. The session must end nevertheless.
            Err(Error::Integrity { what, about }) => {
                metrics::counter!("bowline_orphan_grants_total").increment(1);
                tx.release_oauth1_token(session.id).await?;
                tx.record(&Actor::System, Event::integrity_error(what, about)).await?;
                integrity_error = Some(what);
            }
            Err(error) => return Err(error),
        }
    }
    if session.status == LinkSessionStatus::Returned
        && session.sealed_approval.is_none()
        && session.sealed_grant.is_none()
    {
        // Its approval was sent, and the sender has not stored the response.
        super::complete::ending::fail(tx, &session, INTERRUPTED, INTERRUPTED).await?;
        return Ok(false);
    }
    if session.status == LinkSessionStatus::Authorizing
        && let Some(reason) = of_another_account(session.failure.as_deref())
    {
        // The user did not choose another account, and the tenant has been told this reason.
        super::complete::ending::fail(tx, &session, reason, reason).await?;
        return Ok(false);
    }
    let is_ended = tx.end_link_session(id, LinkSessionStatus::Expired, None, None).await?;
    if is_ended {
        let expired = Event::LinkSessionExpired { link_session: id.into(), integrity_error };
        tx.record(&Actor::System, expired).await?;
    }
    Ok(is_ended)
}

/// Queues the grant that a session still holds for revocation.
pub(super) async fn queue_grant(
    app: &App,
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    sealed: &[u8],
) -> Result<()> {
    let keys = app.vault.keys(tx).await?;
    let grant = Grant::open(&keys, session, sealed)?;
    grant.abandon(&keys, tx, session).await
}
