//! The end user begins: their browser is bound to the session and goes to the provider. The same browser may begin again.

use std::time::Duration;

use bowline_api::LinkSessionId;
use bowline_api::status::LinkSessionStatus;
use bowline_provider::dropbox::AuthorizeRequest;
use bowline_provider::oauth2::{self, Pkce};
use rand::rngs::SysRng;
use url::Url;

use super::browser::{Binding, random_text};
use super::callback::back_again;
use super::standing::{DECLINED, Halt, Standing, Step, halted, is_bound_to, standing, way_back};
use super::verifier_place;
use super::visit::Opened;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Error, Result};
use crate::service::audit::{Actor, event};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Where the browser goes next, and what binds it.
pub struct Onward {
    /// The provider's page, or the tenant's.
    pub location: Url,
    /// What the browser's cookie holds from now on.
    pub binding: Binding,
}

/// What the provider's page is asked with.
struct Begun {
    app_key: String,
    session: LinkSessionRow,
}

/// Begins the session, or begins it again in the same browser, with a new state and a new verifier. A browser that has already
/// approved goes back to the tenant.
///
/// # Errors
/// A stop with its reason where the session cannot go on in this browser.
pub async fn start(app: &App, opened: Opened, binding: Option<&str>) -> Step<Onward> {
    let shown = binding;
    let binding = Binding::kept_or_new(shown)?;
    let state = random_text()?;
    let pkce = Pkce::generate(&mut SysRng)
        .map_err(|source| Error::internal("the operating system gave no randomness", source))?;
    let mut tx = app.store.scoped(opened.session.tenant_id.into()).await?;
    let outcome = begin(app, &mut tx, &opened, shown, (&binding, &state, &pkce)).await;
    let begun = match tx.finish(outcome).await? {
        Ok(begun) => begun,
        Err(Halt::Approved) => {
            let location = back_again(app, &opened.session, opened.completes_in_browser()?).await?;
            return Ok(Onward { location, binding });
        }
        Err(why) => return Err(halted(&opened.session, why)),
    };
    crate::metrics::link_session(LinkSessionStatus::Authorizing);
    let session = begun.session;
    let redirect_uri = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let location = app.dropbox.authorize_url(&AuthorizeRequest {
        oauth: oauth2::AuthorizeRequest {
            client_id: &begun.app_key,
            redirect_uri: &redirect_uri,
            state: &state,
            scopes: &session.scopes,
            challenge: &pkce.challenge,
        },
        // Dropbox silently reuses the browser's session: on a re-link the user must be able to choose the right account.
        force_reauthentication: session.relink_account_id.is_some(),
        force_reapprove: false,
        locale: None,
    });
    Ok(Onward { location, binding })
}

async fn begin(
    app: &App,
    tx: &mut TenantTx,
    opened: &Opened,
    shown: Option<&str>,
    (binding, state, pkce): (&Binding, &str, &Pkce),
) -> Result<std::result::Result<Begun, Halt>> {
    let session = locked(tx, opened).await?;
    if let Standing::Halted(why) = standing(&session, tx.now().await?, is_bound_to(&session, shown))? {
        return Ok(Err(why));
    }
    let connector =
        tx.connector(session.connector_id).await?.ok_or_else(|| Error::bug("a session has no connector"))?;
    let keys = app.vault.keys(tx).await?;
    let sealed = vault::seal(&keys, &verifier_place(&session), &pkce.verifier)?;
    let within = Duration::from_secs(app.settings.link.session_seconds);
    if !tx.start_link_session(session.id, binding.digest(), within).await? {
        return Err(Error::bug("a link session changed while it was locked"));
    }
    tx.insert_link_start(session.id, Digest::of(state.as_bytes()), &sealed).await?;
    tx.record(event(&Actor::EndUser, "link_session.started").on(LinkSessionId::from(session.id))).await?;
    Ok(Ok(Begun { app_key: connector.app_key, session }))
}

/// Declines on our page, which ends the session as declining at the provider does.
///
/// # Errors
/// A stop with its reason where the session has ended in another way, or in another browser.
pub async fn decline(app: &App, opened: Opened, binding: Option<&str>) -> Step<Onward> {
    let shown = binding;
    let binding = Binding::kept_or_new(shown)?;
    let mut tx = app.store.scoped(opened.session.tenant_id.into()).await?;
    let outcome = deny(&mut tx, &opened, shown, &binding).await;
    match tx.finish(outcome).await? {
        Standing::Halted(Halt::Declined) => {}
        Standing::Halted(why) => return Err(halted(&opened.session, why)),
        Standing::Fresh | Standing::Begun => crate::metrics::link_session(LinkSessionStatus::Denied),
    }
    let location = way_back(&opened.session, Some(DECLINED), None)?;
    Ok(Onward { location, binding })
}

/// Ends the session if it is open; tells where it stood.
async fn deny(
    tx: &mut TenantTx,
    opened: &Opened,
    shown: Option<&str>,
    binding: &Binding,
) -> Result<Standing> {
    let session = locked(tx, opened).await?;
    let standing = standing(&session, tx.now().await?, is_bound_to(&session, shown))?;
    if !matches!(standing, Standing::Halted(_)) {
        tx.bind_link_session(session.id, binding.digest()).await?;
        tx.end_link_session(session.id, LinkSessionStatus::Denied, Some(DECLINED), None).await?;
        let denied = event(&Actor::EndUser, "link_session.denied").on(LinkSessionId::from(session.id));
        tx.record(denied.with("reason", DECLINED)).await?;
    }
    Ok(standing)
}

async fn locked(tx: &mut TenantTx, opened: &Opened) -> Result<LinkSessionRow> {
    tx.lock_link_session(opened.session.id).await?.ok_or_else(|| Error::bug("a link session is gone"))
}
