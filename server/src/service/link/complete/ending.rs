//! How a completion ends without an account, and who may still end it: the claim of a session, and the error if another
//! call has taken it.

use std::time::Duration;

use bowline_api::LinkSessionId;
use bowline_api::status::LinkSessionStatus;
use uuid::Uuid;

use super::grant::Grant;
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::service::link::refusal::{ANSWER_LOST, INTERRUPTED, failed, of_another_account};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// How long a caller waits while the grant's token is being ended.
const ENDING_PAUSE: Duration = Duration::from_secs(5);

/// How often the user of one session may choose another account. Each choice costs calls to the provider.
const MOST_CHOICES: i16 = 4;

/// The grant is useless: it is queued for revocation, and the session fails. If another account would do, the user may choose one in the
/// same session instead.
pub(super) async fn discard(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    grant: Grant,
    reason: &'static str,
) -> Result<Error> {
    app.store
        .scoped(session.tenant_id.into(), async |tx| {
            still_ours(tx, session, claim).await?;
            let keys = app.vault.keys(tx).await?;
            grant.abandon(&keys, tx, session).await?;
            if of_another_account(Some(reason)).is_some() {
                let within = Duration::from_secs(app.settings.link.session_seconds);
                if tx.reopen_link_session(session.id, reason, MOST_CHOICES, within).await? {
                    let reopened = Event::LinkSessionReopened { link_session: session.id.into(), reason };
                    return tx.record(&Actor::System, reopened).await;
                }
            }
            fail(tx, session, reason, reason).await
        })
        .await?;
    app.revocation_queued.notify_one();
    app.link_waits.look();
    Ok(failed(reason))
}

/// The grant's token is being ended at the provider, for an account that held it before. The session waits until that is over, and then
/// learns whether the token still works.
pub(super) async fn token_is_ending(app: &App, session: &LinkSessionRow, claim: Uuid) -> Result<Error> {
    let release = async |tx: &mut TenantTx| tx.release_link_session(session.id, claim, None).await;
    app.store.scoped(session.tenant_id.into(), release).await?;
    let detail = "the provider has given a token that is being revoked right now; make the same call again, to learn whether it still works";
    Ok(Code::ProviderUnavailable.because(detail).reason("token_ending").retry_after(ENDING_PAUSE).into())
}

/// Checks that this call is still the one that completes the session. If so, no other call can take over now.
pub(super) async fn still_ours(tx: &mut TenantTx, session: &LinkSessionRow, claim: Uuid) -> Result<()> {
    let now = tx.lock_link_session(session.id).await?;
    let ours =
        now.is_some_and(|now| now.status == LinkSessionStatus::Returned && now.claimed_by == Some(claim));
    if ours { Ok(()) } else { Err(lost_claim()) }
}

pub(super) fn lost_claim() -> Error {
    Code::LinkInProgress.because("this call took too long, and another call is completing the session; repeat yours to get its result").into()
}

/// Ends the session as failed, visibly for the tenant and the timeline. `cause` gives details of the reason. If the
/// reason is a lost response, a grant may exist that only its user can revoke, and it is counted.
pub(in crate::service::link) async fn fail(
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    reason: &'static str,
    cause: &'static str,
) -> Result<()> {
    let id = LinkSessionId::from(session.id);
    if tx.end_link_session(session.id, LinkSessionStatus::Failed, Some(reason), None).await? {
        let failed = Event::LinkSessionFailed { link_session: id, reason, cause: Some(cause) };
        tx.record(&Actor::System, failed).await?;
        // Just before the commit. If that fails, the session is counted once too often.
        crate::metrics::link_session(LinkSessionStatus::Failed);
        if matches!(reason, ANSWER_LOST | INTERRUPTED) {
            tracing::warn!(session = %id, cause, "the token response was lost; the provider may have a grant that nobody holds");
            metrics::counter!("bowline_lost_exchanges_total", "cause" => cause).increment(1);
        }
    }
    Ok(())
}
