//! The end user begins: the ticket is burnt, his browser is bound, and he goes to the provider.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::LinkSessionId;
use bowline_provider::dropbox::AuthorizeRequest;
use bowline_provider::oauth2::{self, Pkce};
use rand::rngs::SysRng;
use secrecy::SecretString;
use url::Url;

use super::visit::open_ticket;
use super::{cookie_name, verifier_place};
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Error, Result, entropy};
use crate::service::audit::{Actor, event};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::link_sessions::{LinkSessionRow, Start};

/// Where the browser goes, and what binds it.
pub struct Started {
    /// The provider's page.
    pub authorize_url: Url,
    /// Of this flow alone.
    pub cookie_name: String,
    /// 256 random bits.
    pub cookie_value: SecretString,
    /// Seconds that the cookie lives.
    pub cookie_seconds: u64,
}

/// Burns the ticket; a second start of the same ticket is refused.
///
/// # Errors
/// Those of [`super::visit()`].
pub async fn start(app: &App, ticket: &str) -> Result<Started> {
    let (session, _) = open_ticket(app, ticket).await?;
    let state = random_text()?;
    let binding = random_text()?;
    let pkce = Pkce::generate(&mut SysRng)
        .map_err(|source| Error::internal("the operating system gave no randomness", source))?;
    let state_hash = Digest::of(state.as_bytes());
    let binding_hash = Digest::of(binding.as_bytes());
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let outcome = begin(app, &mut tx, &session, &pkce, state_hash, binding_hash).await;
    let app_key = tx.finish(outcome).await?;
    crate::metrics::link_session("authorizing");
    let redirect_uri = connector::callback_url(&app.settings.public_url, session.connector_id.into());
    let authorize_url = app.dropbox.authorize_url(&AuthorizeRequest {
        oauth: oauth2::AuthorizeRequest {
            client_id: &app_key,
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
    Ok(Started {
        authorize_url,
        cookie_name: cookie_name(app.settings.is_https(), state_hash),
        cookie_value: SecretString::from(binding),
        cookie_seconds: app.settings.link.session_seconds,
    })
}

async fn begin(
    app: &App,
    tx: &mut TenantTx,
    session: &LinkSessionRow,
    pkce: &Pkce,
    state_hash: Digest,
    binding_hash: Digest,
) -> Result<String> {
    let connector =
        tx.connector(session.connector_id).await?.ok_or_else(|| Error::bug("a session has no connector"))?;
    let keys = app.vault.keys(tx).await?;
    let sealed = vault::seal(&keys, &verifier_place(session), &pkce.verifier)?;
    let within = Duration::from_secs(app.settings.link.session_seconds);
    let start = Start { state_hash, binding_hash, sealed_pkce_verifier: &sealed, within };
    if !tx.start_link_session(session.id, &start).await? {
        return Err(Code::LinkFinished.because("this link has been used").into());
    }
    tx.record(event(&Actor::EndUser, "link_session.started").on(LinkSessionId::from(session.id))).await?;
    Ok(connector.app_key)
}

fn random_text() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(entropy::secret()?.as_ref()))
}
