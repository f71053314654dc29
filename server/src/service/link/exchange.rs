//! From the code to the stored account, in steps that each leave the session where the next call can go on.

use std::time::Duration;

use bowline_api::LinkSessionId;
use bowline_api::v1::Account;
use bowline_provider::{Failure, Orphan};
use uuid::Uuid;

use super::complete::{Parcel, failed};
use super::grant::Grant;
use super::{code_place, keep};
use crate::app::App;
use crate::domain::{Code, Error, Result};
use crate::service::audit::{Actor, event};
use crate::service::revocation::{self, Dying};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Exchanges the code, with no connection in hand, and keeps the grant before anything else is done.
pub(super) async fn exchange(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    parcel: &Parcel,
) -> Result<Account> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let credentials = async {
        let keys = app.vault.keys(&mut tx).await?;
        let row = tx
            .connector(session.connector_id)
            .await?
            .ok_or_else(|| Error::bug("a session has no connector"))?;
        connector::credentials(&keys, &row)
    }
    .await;
    let credentials = tx.finish(credentials).await?;
    let redirect_uri = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let answer = app.dropbox.exchange_code(&credentials, &parcel.code, &parcel.verifier, &redirect_uri).await;
    let outcome = answer.as_ref().map_or_else(Failure::code, |_| "exchanged");
    metrics::counter!("bowline_exchanges_total", "outcome" => outcome).increment(1);
    match answer {
        Ok(answer) => {
            let grant = park(app, session, claim, answer).await?;
            identify(app, actor, session, claim, grant).await
        }
        Err(failure) if !failure.sent() => release(app, session, claim, Some(parcel), &failure).await,
        Err(failure) => give_up(app, session, claim, &failure).await,
    }
}

/// Seals the grant into the session. Where the database cannot take it, it is revoked at the provider at once.
async fn park(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    answer: bowline_provider::dropbox::Grant,
) -> Result<Grant> {
    let access_token = answer.access_token.clone();
    let parked = try_park(app, session, claim, answer).await;
    if let Err(error) = &parked {
        tracing::error!(session = %LinkSessionId::from(session.id), %error, "a grant could not be kept and is revoked");
        if let Err(failure) = app.dropbox.revoke(&access_token).await {
            let reason = failure.code();
            tracing::error!(session = %LinkSessionId::from(session.id), reason, alarm = "orphan", "an orphan grant lives");
            metrics::counter!("bowline_orphan_grants_total").increment(1);
        }
    }
    parked
}

async fn try_park(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    answer: bowline_provider::dropbox::Grant,
) -> Result<Grant> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        let grant = Grant::new(answer, tx.now().await?);
        let keys = app.vault.keys(&mut tx).await?;
        let kept = tx.park_grant(session.id, claim, &grant.seal(&keys, &session.id)?).await?;
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
    grant: Grant,
) -> Result<Account> {
    match app.dropbox.current_account(&grant.access_token).await {
        Ok(who) if who.account_id.as_str() == grant.provider_account_id => {
            keep::keep(app, actor, session, claim, &grant, &who).await
        }
        Ok(_) => Err(discard(app, session, claim, grant, "account_id_mismatch").await?),
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
        let code =
            parcel.map(|parcel| vault::seal(&keys, &code_place(&session.id), &parcel.code)).transpose()?;
        tx.release_link_session(session.id, claim, code.as_deref()).await
    }
    .await;
    tx.finish(outcome).await?;
    let pause = failure.retry_after().unwrap_or(Duration::from_secs(1));
    let detail = "the provider cannot be reached; make the same call again, nothing is lost";
    Err(Code::ProviderUnavailable.because(detail).with("reason", failure.code()).retry_after(pause).into())
}

/// The code is spent and there is no grant that we know of.
async fn give_up<T>(app: &App, session: &LinkSessionRow, claim: Uuid, failure: &Failure) -> Result<T> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        still_ours(&mut tx, session, claim).await?;
        if let Some(orphan) = failure.orphan() {
            let keys = app.vault.keys(&mut tx).await?;
            revocation::queue(&keys, &mut tx, orphaned(session, orphan)).await?;
        }
        if let Failure::ClientRejected { .. } = failure {
            connector::mark_broken(&mut tx, session.connector_id.into(), failure.code()).await?;
        }
        fail(&mut tx, session, failure.code()).await
    }
    .await;
    tx.finish(outcome).await?;
    app.revocation_queued.notify_one();
    Err(match failure {
        Failure::ClientRejected { .. } => connector::broken().into(),
        Failure::Malformed { .. } => Code::ProviderMalformed
            .because("the provider's answer makes no sense; make a new link session")
            .with("reason", failure.code())
            .into(),
        _ => failed(failure.code()),
    })
}

fn orphaned<'a>(session: &LinkSessionRow, orphan: &Orphan) -> Dying<'a> {
    Dying {
        connector: session.connector_id,
        account: None,
        generation: 0,
        cause: "orphaned",
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
    reason: &str,
) -> Result<Error> {
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        still_ours(&mut tx, session, claim).await?;
        let keys = app.vault.keys(&mut tx).await?;
        revocation::queue(&keys, &mut tx, grant.orphaned(session.connector_id)).await?;
        fail(&mut tx, session, reason).await
    }
    .await;
    tx.finish(outcome).await?;
    app.revocation_queued.notify_one();
    Ok(failed(reason))
}

/// Whether this call is still the one that completes the session; if so, nobody else can become it now.
pub(super) async fn still_ours(tx: &mut TenantTx, session: &LinkSessionRow, claim: Uuid) -> Result<()> {
    let now = tx.lock_link_session(session.id).await?;
    match now.is_some_and(|now| now.status == "returned" && now.claimed_by == Some(claim)) {
        true => Ok(()),
        false => Err(lost_claim()),
    }
}

fn lost_claim() -> Error {
    Code::LinkInProgress.because("this call took too long, and another one completes the session").into()
}

/// Ends the session as failed, for the tenant and the timeline to see.
pub(super) async fn fail(tx: &mut TenantTx, session: &LinkSessionRow, reason: &str) -> Result<()> {
    let id = LinkSessionId::from(session.id);
    if tx.end_link_session(session.id, "failed", Some(reason), None).await? {
        tx.record(event(&Actor::System, "link_session.failed").on(id).with("reason", reason)).await?;
    }
    Ok(())
}
