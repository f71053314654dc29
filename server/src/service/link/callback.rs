//! The provider sends the end user back: the state is consumed once, the code is sealed and parked.

use std::time::Duration;

use bowline_api::status::{Completion, LinkSessionStatus};
use bowline_api::{ConnectorId, LinkSessionId};
use secrecy::SecretString;
use url::Url;

use super::places::check_intent;
use super::visit::ended;
use super::{code_place, complete, cookie_name};
use crate::app::App;
use crate::domain::credential::{Digest, Kind, NewCredential};
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Result, known};
use crate::service::audit::{Actor, event};
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::link_sessions::{LinkSessionRow, Parked};

/// What the browser came back with.
pub struct Came {
    /// Through which connector's path.
    pub connector: ConnectorId,
    /// The state parameter.
    pub state: SecretString,
    /// A code, or why there is none.
    pub outcome: Outcome,
}

/// What the provider decided.
pub enum Outcome {
    /// The user approved.
    Code(SecretString),
    /// The user declined.
    Denied,
    /// Something else went wrong there.
    Error(&'static str),
}

/// Where the browser goes next, and which cookie is spent.
pub struct Returned {
    /// The tenant's return URL with what came of it.
    pub location: Url,
    /// To be removed.
    pub cookie_name: String,
}

/// Takes the user back. `cookie` reads a cookie of the browser by its name.
///
/// # Errors
/// `invalid_request` where state, cookie and connector do not belong together: nothing is consumed then. `link_expired` and
/// `link_finished` where they do and the session cannot go on.
pub async fn callback<'c>(
    app: &App,
    came: Came,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> Result<Returned> {
    use secrecy::ExposeSecret as _;
    let state = Digest::of(came.state.expose_secret().as_bytes());
    let cookie_name = cookie_name(app.settings.is_https(), state);
    let binding = cookie(&cookie_name).map(|value| Digest::of(value.as_bytes()));
    let mut tx = app.store.shown(state).await?;
    let session = tx.shown_link_session(state).await?;
    let now = tx.now().await?;
    tx.commit().await?;
    let session = session
        .filter(|session| session.connector_id == came.connector.uuid())
        .filter(|session| match (binding, &session.binding_hash) {
            (Some(shown), Some(stored)) => shown.matches(stored),
            _ => false,
        })
        .ok_or_else(|| Code::InvalidRequest.because("state and browser do not belong together"))?;
    match known(&session.status)? {
        LinkSessionStatus::Authorizing if session.expires_at > now => {}
        LinkSessionStatus::Authorizing | LinkSessionStatus::Expired => {
            return Err(ended(&session, Code::LinkExpired, "this link took too long"));
        }
        _ => return Err(ended(&session, Code::LinkFinished, "this link has been used")),
    }
    check_intent(app, &session).await?;
    let location = consume(app, &session, came.outcome).await?;
    Ok(Returned { location, cookie_name })
}

async fn consume(app: &App, session: &LinkSessionRow, outcome: Outcome) -> Result<Url> {
    let return_url = ReturnUrl::parse(&session.return_url)?;
    let id = LinkSessionId::from(session.id).to_string();
    let code = match outcome {
        Outcome::Code(code) => code,
        Outcome::Denied => return end(app, session, "denied", "access_denied").await,
        Outcome::Error(error) => return end(app, session, "failed", error).await,
    };
    let link_code = NewCredential::generate(Kind::LinkCode)?;
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let parked = park(app, &mut tx, session, &link_code, &code).await;
    let in_browser = tx.finish(parked).await?;
    crate::metrics::link_session("returned");
    if in_browser {
        return Ok(match complete::in_browser(app, session).await {
            Ok(_) => return_url.with(&[("link_session", &id)]),
            Err(error) => return_url.with(&[("link_session", &id), ("error", error.code().as_str())]),
        });
    }
    Ok(return_url.with(&[("link_session", &id), ("link_code", link_code.expose())]))
}

/// Parks the code; true if the connector completes in the browser.
async fn park(
    app: &App,
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    link_code: &NewCredential,
    code: &SecretString,
) -> Result<bool> {
    let connector =
        tx.connector(session.connector_id).await?.ok_or_else(|| Error::bug("a session has no connector"))?;
    let keys = app.vault.keys(tx).await?;
    let sealed_code = vault::seal(&keys, &code_place(session), code)?;
    let within = Duration::from_secs(app.settings.link.completion_seconds);
    let parked = Parked { link_code_hash: link_code.digest, sealed_code: &sealed_code, within };
    if !tx.park_code(session.id, &parked).await? {
        return Err(used().into());
    }
    tx.record(event(&Actor::EndUser, "link_session.returned").on(LinkSessionId::from(session.id))).await?;
    Ok(known::<Completion>(&connector.completion)? == Completion::Browser)
}

async fn end(app: &App, session: &LinkSessionRow, status: &'static str, error: &'static str) -> Result<Url> {
    let id = LinkSessionId::from(session.id);
    let action = if status == "denied" { "link_session.denied" } else { "link_session.failed" };
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = async {
        // Locked and looked at again: an answer at the same time may have parked a code, which must not be erased.
        let now = tx.lock_link_session(session.id).await?;
        if now.is_none_or(|now| now.status != "authorizing") {
            return Err(used().into());
        }
        tx.end_link_session(session.id, status, Some(error), None).await?;
        tx.record(event(&Actor::EndUser, action).on(id).with("reason", error)).await
    }
    .await;
    tx.finish(outcome).await?;
    crate::metrics::link_session(status);
    Ok(ReturnUrl::parse(&session.return_url)?.with(&[("link_session", &id.to_string()), ("error", error)]))
}

fn used() -> crate::domain::Refusal {
    Code::LinkFinished.because("this link has been used")
}
