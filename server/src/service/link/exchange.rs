//! From the approval to the stored account, in steps that each leave the session where the next call can go on.

use std::time::Duration;

use bowline_api::LinkSessionId;
use bowline_api::status::{LinkSessionStatus, RevocationCause};
use bowline_api::v1::Account;
use bowline_provider::{AppCredentials, Failure, Orphan};
use uuid::Uuid;

use super::complete::Parcel;
use super::grant::Grant;
use super::refusal::{ANSWER_LOST, INTERRUPTED, failed, malformed, rejected};
use super::{approval_place, keep};
use crate::app::App;
use crate::domain::{Code, Error, Result};
use crate::service::audit::{Actor, event};
use crate::service::revocation::{self, Dying};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Exchanges the approval, with no connection in hand, and keeps the grant before anything else is done.
pub(super) async fn exchange(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    parcel: &Parcel,
) -> Result<Account> {
    let callback_url = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let Parcel { credentials, approval, parked, .. } = parcel;
    let answer = app.provider.finish(credentials, &callback_url, parked, approval).await;
    let outcome = answer.as_ref().map_or_else(Failure::code, |_| "exchanged");
    metrics::counter!("bowline_exchanges_total", "outcome" => outcome).increment(1);
    match answer {
        Ok(answer) => {
            let grant = park(app, session, claim, parcel, answer).await?;
            identify(app, actor, session, claim, credentials, grant).await
        }
        Err(failure) if !failure.sent() => release(app, session, claim, Some(parcel), &failure).await,
        Err(failure) => give_up(app, session, claim, parcel, &failure).await,
    }
}

/// Seals the grant into the session. Where that cannot be, nobody will ever use it, and it is revoked.
async fn park(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    parcel: &Parcel,
    answer: bowline_provider::Grant,
) -> Result<Grant> {
    let orphan = Orphan {
        access_token: Some(answer.access_token.clone()),
        refresh_token: answer.refresh_token.clone(),
    };
    let parked = try_park(app, session, claim, Grant::new(answer, parcel.claimed_at)).await;
    if let Err(error) = &parked {
        tracing::error!(session = %LinkSessionId::from(session.id), %error, "a grant could not be kept and is revoked");
        bury(app, session, &parcel.credentials, &orphan).await;
    }
    parked
}

/// Sees to it that a grant dies: by the queue, which has patience, or where the database takes nothing, at once.
async fn bury(app: &App, session: &LinkSessionRow, credentials: &AppCredentials, orphan: &Orphan) {
    if queue_orphan(app, session, orphan).await.is_ok() {
        app.revocation_queued.notify_one();
        return;
    }
    let Orphan { access_token, refresh_token } = orphan;
    if let Err(failure) =
        app.provider.revoke(credentials, access_token.as_ref(), refresh_token.as_ref()).await
    {
        let reason = failure.code();
        tracing::error!(session = %LinkSessionId::from(session.id), reason, alarm = "orphan", "an orphan grant lives");
        metrics::counter!("bowline_orphan_grants_total").increment(1);
    }
}

async fn queue_orphan(app: &App, session: &LinkSessionRow, orphan: &Orphan) -> Result<()> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        // A session exchanges one approval in its life. If it has a grant, it is this one: the answer to its commit got lost.
        if tx.lock_link_session(session.id).await?.is_some_and(|now| now.sealed_grant.is_some()) {
            return Ok(());
        }
        let keys = app.vault.keys(&mut tx).await?;
        revocation::queue(&keys, &mut tx, orphaned(session, orphan)).await
    }
    .await;
    tx.finish(outcome).await
}

async fn try_park(app: &App, session: &LinkSessionRow, claim: Uuid, grant: Grant) -> Result<Grant> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        let keys = app.vault.keys(&mut tx).await?;
        let kept = tx.park_grant(session.id, claim, &grant.seal(&keys, session)?).await?;
        if kept { Ok(grant) } else { Err(lost_claim()) }
    }
    .await;
    tx.finish(outcome).await
}

/// Reads whose account it is, and stores it.
pub(super) async fn identify(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    credentials: &AppCredentials,
    grant: Grant,
) -> Result<Account> {
    match app.provider.identify(credentials, &grant.access_token).await {
        Ok(who) if who.account_id == grant.provider_account_id => {
            keep::keep(app, actor, session, claim, &grant, &who).await
        }
        Ok(_) => Err(discard(app, session, claim, grant, "account_id_mismatch").await?),
        Err(failure @ Failure::Malformed { .. }) => {
            discard(app, session, claim, grant, failure.code()).await?;
            Err(malformed(failure.code()))
        }
        Err(failure) if failure.is_transient() => release(app, session, claim, None, &failure).await,
        Err(failure) => Err(discard(app, session, claim, grant, failure.code()).await?),
    }
}

/// Nothing is lost: the same call can be made again.
async fn release<T>(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    parcel: Option<&Parcel>,
    failure: &Failure,
) -> Result<T> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        let keys = app.vault.keys(&mut tx).await?;
        let seal = |parcel: &Parcel| vault::seal(&keys, &approval_place(session), &parcel.approval);
        let approval = parcel.map(seal).transpose()?;
        tx.release_link_session(session.id, claim, approval.as_deref()).await
    }
    .await;
    tx.finish(outcome).await?;
    let pause = failure.retry_after().unwrap_or(Duration::from_secs(1));
    let detail = match failure {
        Failure::UserSuspended => {
            "the provider has suspended this user, which may pass; make the same call again, until the session expires"
        }
        _ => {
            "the provider cannot be reached; make the same call again, nothing is lost until the session expires"
        }
    };
    Err(Code::ProviderUnavailable.because(detail).with("reason", failure.code()).retry_after(pause).into())
}

/// The approval is spent and there is no grant that we know of.
async fn give_up<T>(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    parcel: &Parcel,
    failure: &Failure,
) -> Result<T> {
    if let Some(orphan) = failure.orphan() {
        bury(app, session, &parcel.credentials, orphan).await;
    }
    let reason = if failure.answer_is_lost() { ANSWER_LOST } else { failure.code() };
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        still_ours(&mut tx, session, claim).await?;
        if let Failure::ClientRejected { .. } = failure {
            connector::mark_broken(&mut tx, &parcel.connector, failure.code()).await?;
        }
        fail(&mut tx, session, reason, failure.code()).await
    }
    .await;
    tx.finish(outcome).await?;
    Err(match failure {
        Failure::ClientRejected { .. } => rejected(reason),
        Failure::Malformed { .. } => malformed(reason),
        _ => failed(reason),
    })
}

fn orphaned(session: &LinkSessionRow, orphan: &Orphan) -> Dying {
    Dying {
        connector: session.connector_id,
        account: None,
        generation: 0,
        cause: RevocationCause::Orphaned,
        access_token: orphan.access_token.clone(),
        access_expires_at: None,
        refresh_token: orphan.refresh_token.clone(),
    }
}

/// The grant is of no use: it is queued for revocation and the session fails.
pub(super) async fn discard(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    grant: Grant,
    reason: &'static str,
) -> Result<Error> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        still_ours(&mut tx, session, claim).await?;
        let keys = app.vault.keys(&mut tx).await?;
        revocation::queue(&keys, &mut tx, grant.orphaned(session.connector_id)).await?;
        fail(&mut tx, session, reason, reason).await
    }
    .await;
    tx.finish(outcome).await?;
    app.revocation_queued.notify_one();
    Ok(failed(reason))
}

/// Whether this call is still the one that completes the session; if so, nobody else can become it now.
pub(super) async fn still_ours(tx: &mut TenantTx, session: &LinkSessionRow, claim: Uuid) -> Result<()> {
    let now = tx.lock_link_session(session.id).await?;
    let ours =
        now.is_some_and(|now| now.status == LinkSessionStatus::Returned && now.claimed_by == Some(claim));
    if ours { Ok(()) } else { Err(lost_claim()) }
}

fn lost_claim() -> Error {
    Code::LinkInProgress.because("this call took too long, and another one completes the session; make it again and you get that result").into()
}

/// Ends the session as failed, for the tenant and the timeline to see. `cause` says more of the reason; where that is a lost answer,
/// a grant may live that nobody can revoke but its user, and it is counted.
pub(super) async fn fail(
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    reason: &'static str,
    cause: &'static str,
) -> Result<()> {
    let id = LinkSessionId::from(session.id);
    if tx.end_link_session(session.id, LinkSessionStatus::Failed, Some(reason), None).await? {
        let failed = event(&Actor::System, "link_session.failed").on(id).with("reason", reason);
        tx.record(failed.with("cause", cause)).await?;
        // A moment before the commit: if that fails, the session is counted once too often.
        crate::metrics::link_session(LinkSessionStatus::Failed);
        if matches!(reason, ANSWER_LOST | INTERRUPTED) {
            tracing::warn!(session = %id, cause, "the answer to an approval is lost: a grant may live that nobody holds");
            metrics::counter!("bowline_lost_exchanges_total", "cause" => cause).increment(1);
        }
    }
    Ok(())
}
