//! The provider sends the end user back: the approval is sealed and stored, a link code issued, a refusal recorded. The
//! first response decides, and the same browser may repeat it.

use std::time::Duration;

use bowline_api::ConnectorId;
use bowline_api::status::{Completion, LinkSessionStatus};
use bowline_provider::Returned;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::again::hidden;
use super::binding::{cookie_name, old_cookie_name};
use super::foreign;
use super::setting::LinkSetting;
use super::standing::{
    DECLINED, Halt, LinkStanding, LinkStep, Stop, StopCause, halted, is_bound_to, standing,
    standing_after_return, way_back,
};
use crate::app::App;
use crate::domain::credential::{Digest, Kind, NewCredential};
use crate::domain::{About, Actor, Code, Error, Event, LinkOptions, Result};
use crate::service::connector::branding::Branding;
use crate::service::link::places::check_intent;
use crate::service::link::{approval_place, complete};
use crate::service::{connector, tenant_freeze, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::{Approved, LinkSessionRow};

/// The maximum number of link codes per session.
const MOST_LINK_CODES: usize = 256;

/// What the browser brings back from the provider.
pub struct AuthorizationResponse {
    /// The connector in the callback's path.
    pub connector: ConnectorId,
    /// The `state` parameter, which Bowline chose. None if the query does not have exactly one.
    pub state: Option<SecretString>,
    /// The whole query, which contains the response in the connector's protocol.
    pub query: SecretString,
}

/// A session with the provider's response.
struct ReturnedSession {
    session: LinkSessionRow,
    /// The digest of the state that the response names.
    state: Digest,
    /// The session's standing for this browser.
    standing: LinkStanding,
    /// The provider's response.
    returned: Returned,
    completion: Completion,
    setting: LinkSetting,
}

/// The outcome of an approval.
enum ApprovalTaken {
    /// The tenant completes with the link code.
    ToTenant,
    /// The connector completes the link without the tenant.
    InBrowser,
    /// The link session cannot continue.
    Halted(Halt),
}

impl From<Completion> for ApprovalTaken {
    fn from(completion: Completion) -> Self {
        match completion {
            Completion::Browser => Self::InBrowser,
            Completion::Tenant => Self::ToTenant,
        }
    }
}

/// Takes the user back to the tenant: returns the return URL with the outcome. `cookie` looks up a cookie of the
/// browser by name.
///
/// # Errors
/// `invalid_request` if no session has this state at this connector, or the query is not a response in its protocol. A
/// stop with its reason if a session has the state but cannot continue, or not in this browser. Nothing is consumed
/// then, unless the protocol has to end a link whose approval arrives in another browser.
pub async fn callback<'c>(
    app: &App,
    response: AuthorizationResponse,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> LinkStep<Url> {
    // Before anything in the query can be refused, because whoever began a link of OAuth 1.0 has written the callback's address.
    let foreign = foreign::end_presented(app, response.query.expose_secret(), &cookie).await?;
    let answered = match (find_returned_session(app, &response, cookie).await, foreign) {
        (Err(Stop { cause: StopCause::Failed(_), .. }), Some(stop)) => return Err(stop),
        (found, _) => found?,
    };
    let setting = answered.setting.clone();
    take_back(app, answered).await.map_err(|stop| stop.at(&setting))
}

async fn take_back(app: &App, answered: ReturnedSession) -> LinkStep<Url> {
    let ReturnedSession { session, state, standing, returned, completion, .. } = answered;
    match (returned, standing) {
        (Returned::Approved(approval), LinkStanding::Begun | LinkStanding::Halted(Halt::Approved)) => {
            store_approval(app, &session, state, &approval, completion).await
        }
        (Returned::Declined, LinkStanding::Begun) => {
            end_without_approval(app, &session, LinkSessionStatus::Denied, DECLINED).await
        }
        (Returned::Failed(error), LinkStanding::Begun) => {
            end_without_approval(app, &session, LinkSessionStatus::Failed, error).await
        }
        // The browser repeats the same response.
        (Returned::Declined | Returned::Failed(_), LinkStanding::Halted(Halt::Declined)) => {
            Ok(way_back(&session, Some(DECLINED), None)?)
        }
        (_, LinkStanding::Halted(why)) => Err(halted(&session, why)),
        (_, LinkStanding::Fresh) => Err(unproven_browser().into()),
    }
}

/// Finds the session by state, connector and cookie, its standing for this browser, and the provider's response.
async fn find_returned_session<'c>(
    app: &App,
    response: &AuthorizationResponse,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> LinkStep<ReturnedSession> {
    let state = response.state.as_ref().ok_or_else(|| {
        Error::from(Code::InvalidRequest.because("the provider's response must have exactly one state"))
    })?;
    let state = Digest::of(state.expose_secret().as_bytes());
    let start = app.store.by_credential(state, async |tx| tx.link_start_by_state(state).await).await?;
    let (tenant, session) = start.ok_or_else(unproven_browser)?;
    let read = async |tx: &mut TenantTx| {
        let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a session has no tenant"))?;
        let session = tx.link_session(session).await?;
        let connector = tx.connector(response.connector.uuid()).await?;
        let branding = Branding::of(tx, response.connector).await?;
        let account = match session.as_ref().and_then(|session| session.relink_account_id) {
            Some(account) => tx.account(account).await?,
            None => None,
        };
        Ok((tenant, session, connector, branding, account, tx.now().await?))
    };
    let (tenant, session, connector, branding, account, now) = app.store.scoped(tenant.into(), read).await?;
    let session = session.filter(|session| session.connector_id == response.connector.uuid());
    let (session, connector) = session.zip(connector).ok_or_else(unproven_browser)?;
    let protocol = connector::protocol(&connector)?;
    let setting = LinkSetting::of(&session, &connector, branding)?;
    check_intent(app, &session).await?;
    let https = app.settings.is_https();
    let binding =
        cookie(&cookie_name(https, session.id.into())).or_else(|| cookie(&old_cookie_name(https, state)));
    if !is_bound_to(&session, binding) {
        if protocol.ends_in_a_foreign_browser() {
            foreign::end(app, &session).await?;
        }
        return Err(halted(&session, Halt::NotThisBrowser).at(&setting));
    }
    let standing = standing(&session, now, true)?;
    if matches!(standing, LinkStanding::Fresh | LinkStanding::Begun | LinkStanding::Halted(Halt::Approved)) {
        // Nothing is consumed: the same answer of the provider counts if the tenant is thawed in time.
        tenant_freeze::must_not_be_frozen(&tenant).map_err(|error| Stop::from(error).at(&setting))?;
    }
    let mut setting = setting;
    setting.email = account.map(|account| hidden(&account.email));
    let returned = protocol
        .read_return(response.query.expose_secret())
        .map_err(|no_answer| Error::from(Code::InvalidRequest.because(no_answer.to_string())))?;
    let options = LinkOptions::read(session.options.as_deref())?;
    let completion = options.completion_at(connector.completion.known()?);
    Ok(ReturnedSession { session, state, standing, returned, completion, setting })
}

fn unproven_browser() -> Error {
    Code::InvalidRequest.because("this state does not belong to this browser").into()
}

/// The user approved. The approval is stored the first time; each repetition issues another link code.
async fn store_approval(
    app: &App,
    session: &LinkSessionRow,
    state: Digest,
    approval: &SecretString,
    completion: Completion,
) -> LinkStep<Url> {
    let link_code = NewCredential::generate(Kind::LinkCode)?;
    let taken = app
        .store
        .scoped(session.tenant_id.into(), async |tx| {
            take_approval(app, tx, session, (state, approval), &link_code, completion.into()).await
        })
        .await?;
    match taken {
        ApprovalTaken::ToTenant => Ok(way_back(session, None, Some(link_code.expose()))?),
        ApprovalTaken::InBrowser => in_browser(app, session).await,
        ApprovalTaken::Halted(why) => Err(halted(session, why)),
    }
}

async fn take_approval(
    app: &App,
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    (state, approval): (Digest, &SecretString),
    link_code: &NewCredential,
    taken: ApprovalTaken,
) -> Result<ApprovalTaken> {
    // Locked and checked again, because another response may have arrived concurrently.
    let now = tx.now().await?;
    let session = tx.lock_link_session(session.id).await?.ok_or_else(Error::not_found)?;
    match standing(&session, now, true)? {
        LinkStanding::Begun => {}
        LinkStanding::Halted(Halt::Approved) => return one_more(tx, &session, link_code, taken).await,
        LinkStanding::Halted(why) => return Ok(ApprovalTaken::Halted(why)),
        LinkStanding::Fresh => return Err(Error::bug("a link session changed while it was locked")),
    }
    let Some(parked) = tx.parked(session.id, state).await? else {
        if session.mismatches > 0 {
            // The response to a start before the user was asked to choose another account.
            return Ok(ApprovalTaken::Halted(Halt::ChooseAgain));
        }
        // The state was found, and only the response that ends the waiting erases the parked value.
        let found = &"a session that waits for its answer lacks what its start has parked";
        return Err(vault::tampered(
            "link_starts.pkce_verifier",
            About::LinkSession(session.id.into()),
            found,
        ));
    };
    let keys = app.vault.keys(tx).await?;
    let approved = Approved {
        link_code_hash: link_code.digest,
        sealed_approval: &vault::seal(&keys, &approval_place(&session), approval)?,
        sealed_parked: &parked,
        within: Duration::from_secs(app.settings.link.completion_seconds),
    };
    if !tx.keep_approval(session.id, &approved).await? {
        return Err(Error::bug("a link session changed while it was locked"));
    }
    tx.record(&Actor::EndUser, Event::LinkSessionReturned { link_session: session.id.into() }).await?;
    crate::metrics::link_session(LinkSessionStatus::Returned);
    Ok(taken)
}

/// Issues another link code for a session that has returned. All of its codes are valid until the tenant completes,
/// because the call that uses one may be running while the browser repeats its callback.
async fn one_more(
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    link_code: &NewCredential,
    taken: ApprovalTaken,
) -> Result<ApprovalTaken> {
    let added = tx.add_link_code(session.id, link_code.digest, MOST_LINK_CODES).await?;
    Ok(if added { taken } else { ApprovalTaken::Halted(Halt::Approved) })
}

/// The way back to the tenant for a browser that has approved.
///
/// # Errors
/// A stop with its reason if the session has ended meanwhile.
pub(super) async fn back_again(
    app: &App,
    session: &LinkSessionRow,
    completes_in_browser: bool,
) -> LinkStep<Url> {
    if completes_in_browser {
        return in_browser(app, session).await;
    }
    let link_code = NewCredential::generate(Kind::LinkCode)?;
    let tenant = session.tenant_id.into();
    match app
        .store
        .scoped(tenant, async |tx| one_more(tx, session, &link_code, ApprovalTaken::ToTenant).await)
        .await?
    {
        ApprovalTaken::Halted(why) => Err(halted(session, why)),
        _ => Ok(way_back(session, None, Some(link_code.expose()))?),
    }
}

/// Completes the link without the tenant.
async fn in_browser(app: &App, session: &LinkSessionRow) -> LinkStep<Url> {
    match complete::in_browser(app, session).await {
        Ok(_) => Ok(way_back(session, None, None)?),
        Err(error) => match error.code() {
            Code::LinkInProgress => Err(halted(session, Halt::InProgress)),
            // The session has not ended, so the same callback may still link.
            code if code.status() == 503 || !matches!(error, Error::Refused(_)) => Err(error.into()),
            _ => Err(ended_in_browser(app, session, error).await?),
        },
    }
}

/// What the user is told after a completion without the tenant has been refused: how the session stands now, or the refusal if it is
/// still open.
async fn ended_in_browser(app: &App, session: &LinkSessionRow, error: Error) -> Result<Stop> {
    let read = async |tx: &mut TenantTx| {
        let session = tx.link_session(session.id).await?.ok_or_else(Error::not_found)?;
        Ok((session, tx.now().await?))
    };
    let (session, now) = app.store.scoped(session.tenant_id.into(), read).await?;
    Ok(match standing_after_return(&session, now, true)? {
        LinkStanding::Halted(why) if why != Halt::Approved => halted(&session, why),
        _ => error.into(),
    })
}

/// Ends the session without an approval. A user who declined knows it and goes back to the tenant; one whom the provider sent back with
/// an error is told on our page.
async fn end_without_approval(
    app: &App,
    session: &LinkSessionRow,
    status: LinkSessionStatus,
    error: &'static str,
) -> LinkStep<Url> {
    let link_session = session.id.into();
    let ended = if status == LinkSessionStatus::Denied {
        Event::LinkSessionDenied { link_session, reason: error }
    } else {
        Event::LinkSessionFailed { link_session, reason: error, cause: None }
    };
    let end = async |tx: &mut TenantTx| {
        // Locked and checked again, because a concurrent response may have brought an approval, which must not be
        // erased.
        let now = tx.lock_link_session(session.id).await?.ok_or_else(Error::not_found)?;
        let stood = now.status.known()?;
        if stood == LinkSessionStatus::Authorizing {
            tx.end_link_session(session.id, status, Some(error), None).await?;
            tx.record(&Actor::EndUser, ended).await?;
            crate::metrics::link_session(status);
        }
        Ok((stood, now.failure))
    };
    let (stood, failure) = app.store.scoped(session.tenant_id.into(), end).await?;
    let failed = |failure: Option<String>| {
        let session =
            LinkSessionRow { failure: failure.or_else(|| Some(error.to_owned())), ..session.clone() };
        halted(&session, Halt::Failed)
    };
    match stood {
        LinkSessionStatus::Authorizing if status == LinkSessionStatus::Denied => {
            Ok(way_back(session, Some(error), None)?)
        }
        LinkSessionStatus::Authorizing => Err(failed(None)),
        LinkSessionStatus::Denied => Ok(way_back(session, Some(DECLINED), None)?),
        LinkSessionStatus::Failed => Err(failed(failure)),
        LinkSessionStatus::Returned => Err(halted(session, Halt::Approved)),
        LinkSessionStatus::Completed => Err(halted(session, Halt::Linked)),
        LinkSessionStatus::Created | LinkSessionStatus::Expired => Err(halted(session, Halt::TooLate)),
    }
}
