//! The tenant completes the link from the user's own session: its proof (link code, verifier) and the claim of the
//! session. Only then is the user's approval exchanged.

pub(super) mod ending;
mod exchange;
mod exchange_request;
pub(super) mod grant;
mod store_account;

use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::{Account, CompleteLinkSession};
use bowline_api::{LinkSessionId, TenantId};
use bowline_provider::AppCredentials;
use bowline_vault::TenantKeys;
use uuid::Uuid;

use super::browser::outcome::with_outcome;
use super::places::{APPROVAL, PARKED};
use super::refusal::{INTERRUPTED, failed};
use super::{approval_place, parked_place};
use crate::app::App;
use crate::domain::credential::{self, Digest, Kind};
use crate::domain::{About, Actor, Code, Error, Result, entropy};
use crate::service::{account, connector, tenant_freeze, vault};
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;
use ending::fail;
use exchange_request::ExchangeRequest;
use grant::Grant;

/// How long a completion is considered to be in progress: longer than its two outbound calls.
const COMPLETION_CLAIM: Duration = Duration::from_secs(30);

/// The next step after the proof was accepted.
enum CompletionStep {
    /// Exchange the approval, which has been removed from the database.
    Exchange(Box<ExchangeRequest>),
    /// A grant was obtained before, but its account was not stored.
    Resume(Box<(AppCredentials, Grant)>),
    /// It was completed before, and the response was lost.
    Done(Uuid),
    /// The completion cannot continue. Everything that had to be recorded is.
    Refuse(Error),
}

/// Completes a session. Repeating the call after a lost response returns the same account.
///
/// # Errors
/// `completion_refused` if the proof does not belong to this session; `link_not_returned`, `link_in_progress`,
/// `link_expired`, `link_failed`, `team_link`, `account_mismatch`, `connector_broken`, `provider_malformed`;
/// `provider_unavailable` if the same call can be repeated. If the session has ended, the error has the address of a page
/// that tells its user.
pub async fn complete(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: LinkSessionId,
    proof: &CompleteLinkSession,
) -> Result<Account> {
    let account = proven_session(app, tenant, actor, id, proof).await;
    account.map_err(|error| with_outcome(app, tenant, id, error))
}

async fn proven_session(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: LinkSessionId,
    proof: &CompleteLinkSession,
) -> Result<Account> {
    let claim = entropy::owner();
    let (session, step) =
        app.store.scoped_in_turn(tenant, async |tx| prove_and_claim(app, tx, id, proof, claim).await).await?;
    carry_out(app, actor, &session, claim, step).await
}

/// Completes a session whose connector does not involve the tenant.
pub(super) async fn in_browser(app: &App, session: &LinkSessionRow) -> Result<Account> {
    let claim = entropy::owner();
    let (session, step) = app
        .store
        .scoped(session.tenant_id.into(), async |tx| {
            let session = tx.lock_link_session(session.id).await?.ok_or_else(Error::not_found)?;
            let step = claim_session(app, tx, &session, claim).await?;
            Ok((session, step))
        })
        .await?;
    carry_out(app, &Actor::EndUser, &session, claim, step).await
}

async fn carry_out(
    app: &App,
    actor: &Actor,
    session: &LinkSessionRow,
    claim: Uuid,
    step: CompletionStep,
) -> Result<Account> {
    match step {
        CompletionStep::Exchange(request) => exchange::exchange(app, actor, session, claim, &request).await,
        CompletionStep::Resume(resumed) => {
            let (credentials, grant) = *resumed;
            exchange::identify(app, actor, session, claim, &credentials, grant).await
        }
        CompletionStep::Done(account) => account::show(app, session.tenant_id.into(), account.into()).await,
        CompletionStep::Refuse(error) => Err(error),
    }
}

async fn prove_and_claim(
    app: &App,
    tx: &mut TenantTx,
    id: LinkSessionId,
    proof: &CompleteLinkSession,
    claim: Uuid,
) -> Result<(LinkSessionRow, CompletionStep)> {
    let session = tx.lock_link_session(id.uuid()).await?.ok_or_else(Error::not_found)?;
    prove_users_session(&session, proof)?;
    let step = claim_session(app, tx, &session, claim).await?;
    Ok((session, step))
}

/// The verifier proves the user's session at the tenant, and the link code proves that the browser came back to the
/// tenant.
fn prove_users_session(session: &LinkSessionRow, proof: &CompleteLinkSession) -> Result<()> {
    let verifier = Digest::of(proof.completion_verifier.as_bytes());
    let fits = session.completion_challenge.as_deref().is_some_and(|challenge| verifier.matches(challenge));
    if !fits {
        let detail = "completion_verifier is not the one whose SHA-256 was this session's completion_challenge: \
                      complete from the user session that requested the link";
        return Err(Code::CompletionRefused.because(detail).into());
    }
    let Some(expected) = session.link_code_hash.as_deref() else {
        return Err(ended_session(session));
    };
    let handed_out = || session.more_link_code_hashes.iter().map(Vec::as_slice).chain([expected]);
    let code = credential::parse(Kind::LinkCode, &proof.link_code);
    let fits = code.is_some_and(|code| handed_out().any(|hash| code.matches(hash)));
    let is_spent =
        || code.is_some_and(|code| session.spent_link_code_hashes.iter().any(|hash| code.matches(hash)));
    if !fits && is_spent() {
        if session.status == LinkSessionStatus::Completed {
            // The browser went back to an earlier return, and the tenant asks how it ended.
            return Ok(());
        }
        return Err(Code::CompletionRefused
            .because("link_code belongs to an earlier approval of this session, which was for another account: use the one from the URL to \
                      which this user's browser returned last")
            .into());
    }
    if !fits {
        return Err(Code::CompletionRefused
            .because("link_code does not belong to this session: use the one from the URL to which this user's browser returned")
            .into());
    }
    Ok(())
}

async fn claim_session(
    app: &App,
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    claim: Uuid,
) -> Result<CompletionStep> {
    match (session.status.known()?, session.account_id) {
        (LinkSessionStatus::Completed, Some(account)) => return Ok(CompletionStep::Done(account)),
        (LinkSessionStatus::Returned, _) => {}
        _ => return Ok(CompletionStep::Refuse(ended_session(session))),
    }
    let now = tx.now().await?;
    if session.claimed_until.is_some_and(|until| until > now) {
        let busy = Code::LinkInProgress
            .because("another call is completing this session; repeat yours to get its result");
        return Ok(CompletionStep::Refuse(busy.retry_after(Duration::from_secs(1)).into()));
    }
    if session.expires_at <= now {
        return Ok(CompletionStep::Refuse(expired_session()));
    }
    let keys = app.vault.keys(tx).await?;
    if let Some(sealed) = &session.sealed_grant {
        let grant = Grant::open(&keys, session, sealed)?;
        let (_, credentials) = connector_of(tx, &keys, session).await?;
        tx.claim_link_session(session.id, claim, COMPLETION_CLAIM).await?;
        return Ok(CompletionStep::Resume(Box::new((credentials, grant))));
    }
    let (Some(approval), Some(parked)) = (&session.sealed_approval, &session.sealed_parked) else {
        if session.claimed_by.is_none() || session.sealed_approval.is_some() {
            // Only a claim removes an approval, and nothing removes the parked value before the session ends.
            let found = &"a session that has returned lacks its approval or what was parked for it";
            return Err(vault::tampered(APPROVAL, About::LinkSession(session.id.into()), found));
        }
        // The approval was taken by a process that died before the response was stored. It must not be sent twice.
        fail(tx, session, INTERRUPTED, INTERRUPTED).await?;
        return Ok(CompletionStep::Refuse(failed(INTERRUPTED)));
    };
    let (connector, credentials) = connector_of(tx, &keys, session).await?;
    let about = About::LinkSession(session.id.into());
    let request = ExchangeRequest {
        credentials,
        connector,
        approval: vault::open(&keys, &approval_place(session), APPROVAL, about, approval)?,
        parked: vault::open(&keys, &parked_place(session), PARKED, about, parked)?,
        claimed_at: now,
    };
    tx.claim_link_session(session.id, claim, COMPLETION_CLAIM).await?;
    Ok(CompletionStep::Exchange(Box::new(request)))
}

/// The session's connector and the credentials for its calls.
async fn connector_of(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    session: &LinkSessionRow,
) -> Result<(ConnectorRow, AppCredentials)> {
    let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a session has no tenant"))?;
    tenant_freeze::must_not_be_frozen(&tenant)?;
    let connector =
        tx.connector(session.connector_id).await?.ok_or_else(|| Error::bug("a session has no connector"))?;
    connector::usable(&connector)?;
    let credentials = connector::credentials(keys, &connector)?;
    Ok((connector, credentials))
}

/// Why a session that has ended, or has not got this far, cannot be completed.
fn ended_session(session: &LinkSessionRow) -> Error {
    let status = match session.status.known() {
        Ok(status) => status,
        Err(error) => return error,
    };
    match status {
        LinkSessionStatus::Authorizing if session.failure.is_some() => {
            failed(session.failure.as_deref().unwrap_or_default())
        }
        LinkSessionStatus::Created | LinkSessionStatus::Authorizing => Code::LinkNotReturned
            .because("the user has not returned from the provider; complete the session when their browser is at your return URL")
            .into(),
        LinkSessionStatus::Expired => expired_session(),
        LinkSessionStatus::Denied => failed("access_denied"),
        LinkSessionStatus::Failed => failed(session.failure.as_deref().unwrap_or("failed")),
        LinkSessionStatus::Returned | LinkSessionStatus::Completed => {
            let found = &"a session that has returned has no link code";
            vault::tampered("link_sessions.link_code_hash", About::LinkSession(session.id.into()), found)
        }
    }
}

fn expired_session() -> Error {
    Code::LinkExpired.because("this session was not completed in time; create a new link session").into()
}
