//! From the approval to the grant: the call to the provider, parking the grant, a lost answer, a grant that nobody
//! wants. Each step leaves the session in a state from which the next call can continue.

use std::time::Duration;

use bowline_api::LinkSessionId;
use bowline_api::v1::Account;
use bowline_provider::dropbox::is_team;
use bowline_provider::{AppCredentials, Failure, Orphan};
use uuid::Uuid;

use super::ending::{discard, fail, lost_claim, still_ours};
use super::exchange_request::ExchangeRequest;
use super::grant::Grant;
use super::store_account;
use crate::app::App;
use crate::domain::{Actor, Code, Result};
use crate::service::link::refusal::{ANSWER_LOST, failed, malformed, rejected};
use crate::service::link::{approval_place, role};
use crate::service::oauth1::held;
use crate::service::revocation::{self, GrantToRevoke};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Required to read which team was linked.
const TEAM_SCOPE: &str = "team_info.read";

/// Exchanges the approval, without holding a connection, and stores the grant before anything else.
pub(super) async fn exchange(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    request: &ExchangeRequest,
) -> Result<Account> {
    let callback_url = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let ExchangeRequest { credentials, approval, parked, .. } = request;
    let answer = app.provider.finish(credentials, &callback_url, parked, approval).await;
    let outcome = answer.as_ref().map_or_else(Failure::code, |_| "exchanged");
    metrics::counter!("bowline_exchanges_total", "outcome" => outcome).increment(1);
    match answer {
        Ok(answer) => {
            let grant = park_grant(app, session, claim, request, answer).await?;
            identify(app, actor, session, claim, credentials, grant).await
        }
        Err(failure) if !failure.sent() => release_claim(app, session, claim, Some(request), &failure).await,
        Err(failure) => give_up(app, session, claim, request, &failure).await,
    }
}

/// Seals the grant into the session. If that is impossible, nobody will ever use the grant, and it is revoked.
async fn park_grant(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    request: &ExchangeRequest,
    answer: bowline_provider::Grant,
) -> Result<Grant> {
    let orphan = Orphan {
        access_token: Some(answer.access_token.clone()),
        refresh_token: answer.refresh_token.clone(),
    };
    let parked = try_park(app, session, claim, Grant::new(answer, request.claimed_at)).await;
    if let Err(error) = &parked {
        tracing::error!(session = %LinkSessionId::from(session.id), %error, "a grant could not be stored; it is revoked at the provider");
        revoke_orphan(app, session, &request.credentials, &orphan).await;
    }
    parked
}

/// Ensures that a grant is revoked: by the queue, which retries, or immediately if the database accepts no writes.
async fn revoke_orphan(app: &App, session: &LinkSessionRow, credentials: &AppCredentials, orphan: &Orphan) {
    if queue_orphan(app, session, orphan).await.is_ok() {
        app.revocation_queued.notify_one();
        return;
    }
    let Orphan { access_token, refresh_token } = orphan;
    let revoked = if access_token.as_ref().is_some_and(held::is_pair) {
        // Without the database nobody knows whether another account holds the same token.
        Err("database_unavailable")
    } else {
        let callback_url = connector::callback_url(&app.settings.public_url, session.connector_id.into());
        let revoked =
            app.provider.revoke(credentials, &callback_url, access_token.as_ref(), refresh_token.as_ref());
        revoked.await.map_err(|failure| failure.code())
    };
    if let Err(reason) = revoked {
        tracing::error!(session = %LinkSessionId::from(session.id), reason, alarm = "orphan", "an orphan grant could not be revoked; it is still alive at the provider");
        metrics::counter!("bowline_orphan_grants_total").increment(1);
    }
}

async fn queue_orphan(app: &App, session: &LinkSessionRow, orphan: &Orphan) -> Result<()> {
    let queue = async |tx: &mut TenantTx| {
        // A session exchanges another approval only after it has stored the grant of the previous one and given it up. So if it has a
        // grant now, either it is this one, and the response to its commit was lost, or this one was queued already.
        if tx.lock_link_session(session.id).await?.is_some_and(|now| now.sealed_grant.is_some()) {
            return Ok(());
        }
        let keys = app.vault.keys(tx).await?;
        revocation::queue(&keys, tx, GrantToRevoke::orphan(session.connector_id, orphan)).await
    };
    app.store.scoped(session.tenant_id.into(), queue).await
}

async fn try_park(app: &App, session: &LinkSessionRow, claim: Uuid, grant: Grant) -> Result<Grant> {
    app.store
        .scoped(session.tenant_id.into(), async |tx| {
            let keys = app.vault.keys(tx).await?;
            if !tx.park_grant(session.id, claim, &grant.seal(&keys, session)?).await? {
                return Err(lost_claim());
            }
            held::hold(tx, &keys, session.id, &grant.access_token).await?;
            Ok(grant)
        })
        .await
}

/// Reads which account was linked, and stores it.
pub(super) async fn identify(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    credentials: &AppCredentials,
    grant: Grant,
) -> Result<Account> {
    let found = if grant.provider_account_id.as_deref().is_some_and(is_team) {
        // Only a tenant that asks for a team is prepared for one.
        if !session.scopes.iter().any(|scope| scope == TEAM_SCOPE) {
            return Err(discard(app, session, claim, grant, "team_grant").await?);
        }
        app.provider.identify_team(credentials, &grant.access_token).await
    } else {
        app.provider.identify(credentials, &grant.access_token).await
    };
    match found {
        Ok(who) if grant.provider_account_id.as_ref().is_none_or(|told| *told == who.account_id) => {
            if role::is_refused(session, &who)? {
                return Err(discard(app, session, claim, grant, role::WRONG_ROLE).await?);
            }
            store_account::store_account(app, actor, session, claim, &grant, &who).await
        }
        Ok(_) => Err(discard(app, session, claim, grant, "account_id_mismatch").await?),
        Err(failure @ Failure::Malformed { .. }) => {
            discard(app, session, claim, grant, failure.code()).await?;
            Err(malformed(failure.code()))
        }
        Err(failure) if failure.is_transient() => release_claim(app, session, claim, None, &failure).await,
        Err(failure) => Err(discard(app, session, claim, grant, failure.code()).await?),
    }
}

/// Ends the claim without a loss: the same call can be repeated.
async fn release_claim<T>(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    request: Option<&ExchangeRequest>,
    failure: &Failure,
) -> Result<T> {
    app.store
        .scoped(session.tenant_id.into(), async |tx| {
            let keys = app.vault.keys(tx).await?;
            let seal =
                |request: &ExchangeRequest| vault::seal(&keys, &approval_place(session), &request.approval);
            let approval = request.map(seal).transpose()?;
            tx.release_link_session(session.id, claim, approval.as_deref()).await
        })
        .await?;
    let pause = failure.retry_after().unwrap_or(Duration::from_secs(1));
    let detail = match failure {
        Failure::UserSuspended => {
            "the provider has suspended this user, which may pass; make the same call again, until the session expires"
        }
        _ => {
            "the provider cannot be reached; make the same call again, nothing is lost until the session expires"
        }
    };
    Err(Code::ProviderUnavailable.because(detail).reason(failure.code()).retry_after(pause).into())
}

/// The approval is spent, and there is no known grant.
async fn give_up<T>(
    app: &App,
    session: &LinkSessionRow,
    claim: Uuid,
    request: &ExchangeRequest,
    failure: &Failure,
) -> Result<T> {
    if let Some(orphan) = failure.orphan() {
        revoke_orphan(app, session, &request.credentials, orphan).await;
    }
    let reason = if failure.answer_is_lost() { ANSWER_LOST } else { failure.code() };
    app.store
        .scoped(session.tenant_id.into(), async |tx| {
            still_ours(tx, session, claim).await?;
            if let Failure::ClientRejected { .. } = failure {
                connector::mark_broken(tx, &request.connector, failure.code()).await?;
            }
            fail(tx, session, reason, failure.code()).await
        })
        .await?;
    Err(match failure {
        Failure::ClientRejected { .. } => rejected(reason),
        Failure::Malformed { .. } => malformed(reason),
        _ => failed(reason),
    })
}
