//! The end user presses a button of our page: "Continue" binds their browser to the session and makes the provider's
//! address, "Cancel" denies the session. The same browser may begin again.

use std::time::Duration;

use bowline_api::status::{ConnectorStatus, LinkSessionStatus};
use bowline_provider::{Failure, LinkRequest};
use url::Url;

use super::binding::{Binding, random_text};
use super::callback::back_again;
use super::foreign::request_token_digest;
use super::standing::{DECLINED, Halt, LinkStanding, LinkStep, is_bound_to, standing, way_back};
use super::visit::OpenedLink;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Actor, Error, Event, Result};
use crate::service::link::parked_place;
use crate::service::link::refusal::not_begun;
use crate::service::link::role::provider_role;
use crate::service::link::upgrade;
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Where the browser goes next, and its binding.
pub struct Onward {
    /// The provider's page, or the tenant's.
    pub location: Url,
    /// The provider's name, if the browser goes there.
    pub provider: Option<String>,
    /// The new content of the browser's cookie.
    pub binding: Binding,
}

/// The begun authorization of a browser.
struct Begun {
    authorize_url: Url,
    provider: String,
}

/// Begins the session with a new state, or begins it again in the same browser. A browser that has already approved
/// goes back to the tenant.
///
/// # Errors
/// A stop with its reason if the session cannot continue in this browser; `provider_unavailable`, in which case nothing
/// has changed.
pub async fn start(app: &App, opened: OpenedLink, binding: Option<&str>) -> LinkStep<Onward> {
    let presented = binding;
    let binding = Binding::kept_or_new(presented)?;
    // Checked before the provider is called, and again when the session is bound.
    let begun = match opened.standing(presented)? {
        LinkStanding::Halted(why) => Err(why),
        LinkStanding::Fresh | LinkStanding::Begun => {
            begin_at_provider(app, &opened, presented, &binding).await?
        }
    };
    match begun {
        Ok(Begun { authorize_url, provider }) => {
            crate::metrics::link_session(LinkSessionStatus::Authorizing);
            Ok(Onward { location: authorize_url, provider: Some(provider), binding })
        }
        Err(Halt::Approved) => {
            let location = back_again(app, &opened.session, opened.completes_in_browser()?).await?;
            Ok(Onward { location, provider: None, binding })
        }
        Err(why) => Err(opened.halted(why)),
    }
}

/// Begins at the provider, without holding a connection, and then binds the session to the browser.
async fn begin_at_provider(
    app: &App,
    opened: &OpenedLink,
    presented: Option<&str>,
    binding: &Binding,
) -> Result<std::result::Result<Begun, Halt>> {
    opened.may_link()?;
    let session = &opened.session;
    let tenant = session.tenant_id.into();
    let keys = app.vault.keys_of(&app.store, tenant).await?;
    let credentials = connector::credentials(&keys, &opened.connector);
    let credentials = vault::noted(&app.store, tenant, credentials).await?;
    let state = random_text()?;
    let callback_url = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let options = &opened.options;
    let (scopes, include_granted_scopes) = upgrade::asked(session, options);
    let request = LinkRequest {
        // Providers silently reuse the browser's session. For a re-link the user must be able to choose the right
        // account, and so must a user who has just approved with a wrong one, whatever the tenant has asked for.
        force_reauthentication: session.mismatches > 0
            || options.force_reauthentication.unwrap_or(session.relink_account_id.is_some()),
        require_role: options.require_role.map(provider_role),
        locale: options.locale.as_deref(),
        include_granted_scopes,
        ..LinkRequest::new(&callback_url, &state, &scopes)
    };
    let begun = match app.provider.begin(&credentials, &request).await {
        Ok(begun) => begun,
        Err(failure) => return Err(refused_begin(app, opened, &failure).await?),
    };
    let provider = credentials.protocol.provider_name().to_owned();
    let was_broken = opened.connector.status == ConnectorStatus::Broken;
    let works_again = was_broken && credentials.protocol.begins_with_a_call();
    let bound = app
        .store
        .scoped(tenant, async |tx| {
            let bound = bind_browser(app, tx, opened, presented, binding, &state, &begun).await?;
            if works_again {
                connector::mark_working(tx, &opened.connector).await?;
            }
            Ok(bound)
        })
        .await?;
    Ok(bound.map(|()| Begun { authorize_url: begun.authorize_url, provider }))
}

/// The error if the provider did not let the link begin. If it rejected the app itself, the connector is broken.
async fn refused_begin(app: &App, opened: &OpenedLink, failure: &Failure) -> Result<Error> {
    if matches!(failure, Failure::ClientRejected { .. }) {
        let mark =
            async |tx: &mut TenantTx| connector::mark_broken(tx, &opened.connector, failure.code()).await;
        app.store.scoped(opened.session.tenant_id.into(), mark).await?;
        return Ok(connector::broken().into());
    }
    Ok(not_begun(failure))
}

/// Binds the session to the browser, if it can still continue there, and stores the start under its state.
async fn bind_browser(
    app: &App,
    tx: &mut TenantTx,
    opened: &OpenedLink,
    presented: Option<&str>,
    binding: &Binding,
    state: &str,
    begun: &bowline_provider::Begun,
) -> Result<std::result::Result<(), Halt>> {
    let session = locked_session(tx, opened).await?;
    if let LinkStanding::Halted(why) = standing(&session, tx.now().await?, is_bound_to(&session, presented))?
    {
        return Ok(Err(why));
    }
    let keys = app.vault.keys(tx).await?;
    let sealed = vault::seal(&keys, &parked_place(&session), &begun.parked)?;
    let within = Duration::from_secs(app.settings.link.session_seconds);
    if !tx.start_link_session(session.id, binding.digest(), within).await? {
        return Err(Error::bug("a link session changed while it was locked"));
    }
    let request_token = begun.request_token.as_ref().map(request_token_digest);
    tx.insert_link_start(session.id, Digest::of(state.as_bytes()), &sealed, request_token).await?;
    tx.record(&Actor::EndUser, Event::LinkSessionStarted { link_session: session.id.into() }).await?;
    Ok(Ok(()))
}

/// Declines on our page, which ends the session just like declining at the provider.
///
/// # Errors
/// A stop with its reason if the session has ended otherwise, or in another browser.
pub async fn decline(app: &App, opened: OpenedLink, binding: Option<&str>) -> LinkStep<Onward> {
    let presented = binding;
    let binding = Binding::kept_or_new(presented)?;
    let tenant = opened.session.tenant_id.into();
    match app.store.scoped(tenant, async |tx| deny_session(tx, &opened, presented, &binding).await).await? {
        LinkStanding::Halted(Halt::Declined) => {}
        LinkStanding::Halted(why) => return Err(opened.halted(why)),
        LinkStanding::Fresh | LinkStanding::Begun => crate::metrics::link_session(LinkSessionStatus::Denied),
    }
    let location = way_back(&opened.session, Some(DECLINED), None)?;
    Ok(Onward { location, provider: None, binding })
}

/// Ends the session if it is open, and returns its previous standing.
async fn deny_session(
    tx: &mut TenantTx,
    opened: &OpenedLink,
    presented: Option<&str>,
    binding: &Binding,
) -> Result<LinkStanding> {
    let session = locked_session(tx, opened).await?;
    let standing = standing(&session, tx.now().await?, is_bound_to(&session, presented))?;
    if !matches!(standing, LinkStanding::Halted(_)) {
        tx.bind_link_session(session.id, binding.digest()).await?;
        tx.end_link_session(session.id, LinkSessionStatus::Denied, Some(DECLINED), None).await?;
        let denied = Event::LinkSessionDenied { link_session: session.id.into(), reason: DECLINED };
        tx.record(&Actor::EndUser, denied).await?;
    }
    Ok(standing)
}

/// Locks and returns the session. If it was renewed since it was opened, it belongs to another ticket.
async fn locked_session(tx: &mut TenantTx, opened: &OpenedLink) -> Result<LinkSessionRow> {
    let session = tx.lock_link_session(opened.session.id).await?;
    session.filter(|session| session.ticket_hash == opened.session.ticket_hash).ok_or_else(Error::not_found)
}
