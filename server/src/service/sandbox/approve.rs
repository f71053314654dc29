//! Approves a link session of a sandbox without a browser.

use bowline_api::v1::{ApproveSandboxLink, ApprovedSandboxLink};
use bowline_api::{LinkSessionId, TenantId};
use bowline_provider::{Failure, RequestReason};
use secrecy::SecretString;
use url::Url;

use super::failed;
use crate::app::App;
use crate::domain::{Code, Error, Result};
use crate::service::link::{self, AuthorizationResponse, Stop, StopCause};
use crate::service::{connector, vault};

/// Does what a user's browser does: begins the link, approves or declines at the simulator, and comes back. Returns the address to which
/// the browser would have been redirected.
///
/// # Errors
/// `not_found`; `link_finished` or `link_expired` if the session cannot be begun by another browser; `invalid_field` if the simulator
/// has no such user; `provider_unavailable` if it cannot be reached.
pub async fn approve(
    app: &App,
    tenant: TenantId,
    id: LinkSessionId,
    wanted: &ApproveSandboxLink,
) -> Result<ApprovedSandboxLink> {
    let session = app.store.scoped_in_turn(tenant, async |tx| tx.link_session(id.uuid()).await).await?;
    let opened = link::opened(app, session.ok_or_else(Error::not_found)?).await?;
    let connector = opened.connector();
    let keys = app.vault.keys_of(&app.store, tenant).await?;
    let credentials = vault::noted(&app.store, tenant, connector::credentials(&keys, connector)).await?;
    // Before anything begins: this is about the connectors of sandboxes only.
    let sandbox = app.provider.sandbox(&credentials).map_err(|failure| failed(&failure))?;
    let connector = connector.id.into();
    let onward = link::start(app, opened, None).await.map_err(refusal)?;
    let user = wanted.user.as_deref().unwrap_or("new");
    let back = sandbox.approve(&credentials, &onward.location, user, wanted.decline).await;
    let back = back.map_err(|failure| match failure {
        Failure::RequestRejected { reason: RequestReason::InvalidRequest } => {
            let detail = "the simulator has no user with this address; leave user out for a new one";
            Code::InvalidField.because(detail).field("user").into()
        }
        failure => failed(&failure),
    })?;
    let name = link::cookie_name(app.settings.is_https(), id);
    let response = AuthorizationResponse {
        connector,
        state: state_of(&back),
        query: SecretString::from(back.query().unwrap_or_default()),
    };
    let cookie = |asked: &str| (asked == name).then(|| onward.binding.cookie());
    let return_url = link::callback(app, response, cookie).await.map_err(refusal)?;
    Ok(ApprovedSandboxLink { link_session_id: id, return_url: return_url.into() })
}

/// The state with which the simulator redirects back.
fn state_of(back: &Url) -> Option<SecretString> {
    let mut states = back.query_pairs().filter(|(name, _)| name == "state");
    let (first, second) = (states.next(), states.next());
    first.filter(|_| second.is_none()).map(|(_, state)| SecretString::from(state.into_owned()))
}

/// What stops a browser, as an error for an app.
fn refusal(stop: Stop) -> Error {
    match stop.cause {
        StopCause::Failed(error) => error,
        StopCause::Halted(halted) => halted
            .why
            .code()
            .because("this link session cannot be begun or continued by another browser; create a new one")
            .into(),
    }
}
