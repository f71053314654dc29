//! The tenant ends a link session that its user should not continue.

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, TenantId};

use super::refusal::CANCELLED;
use super::show::to_wire;
use super::sweep::queue_grant;
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Facts, Result};
use crate::store::TenantTx;

/// Cancels a session in any open state. Repeating the call changes nothing. A completion that is in progress fails, and its
/// grant is revoked.
///
/// # Errors
/// `not_found`; `link_finished` with the state if the session has ended otherwise.
pub async fn cancel(app: &App, tenant: TenantId, actor: &Actor, id: LinkSessionId) -> Result<LinkSession> {
    let (session, is_cancelled_now) =
        app.store.scoped_in_turn(tenant, async |tx| end_cancelled_session(app, tx, actor, id).await).await?;
    if is_cancelled_now {
        crate::metrics::link_session(LinkSessionStatus::Failed);
        app.revocation_queued.notify_one();
        app.link_waits.look();
    }
    Ok(session)
}

/// The session after the call, and whether this call has ended it.
async fn end_cancelled_session(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    id: LinkSessionId,
) -> Result<(LinkSession, bool)> {
    let session = tx.lock_link_session(id.uuid()).await?.ok_or_else(Error::not_found)?;
    let status = session.status.known()?;
    if status == LinkSessionStatus::Failed && session.failure.as_deref() == Some(CANCELLED) {
        return Ok((to_wire(session)?, false));
    }
    if let Some(sealed) = &session.sealed_grant {
        queue_grant(app, tx, &session, sealed).await?;
    }
    if !tx.end_link_session(session.id, LinkSessionStatus::Failed, Some(CANCELLED), None).await? {
        let detail = "this session has ended already and cannot be cancelled; a linked account is ended by DELETE /v1/accounts/{id}";
        return Err(Code::LinkFinished.because(detail).with(Facts::State { state: status.as_str() }).into());
    }
    tx.record(actor, Event::LinkSessionCancelled { link_session: id }).await?;
    let ended = tx.link_session(id.uuid()).await?.ok_or_else(Error::not_found)?;
    Ok((to_wire(ended)?, true))
}
