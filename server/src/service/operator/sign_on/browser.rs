//! A login in a browser on the operator's machine: the authorization code with PKCE, and a redirect to the terminal.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::admin::{BrowserSignOn, FinishBrowserSignOn, NewSession};
use bowline_provider::openid::{Ask, Identity, OpenIdError};
use secrecy::SecretString;

use super::failure::{not_begun, told, untrusted};
use super::idp::idp;
use super::{admit, prove, redirect, secrets};
use crate::app::App;
use crate::domain::Result;
use crate::domain::credential::{Kind, NewCredential};
use crate::service::operator::opened::LoginOrigin;
use crate::service::operator::session::Identified;
use crate::settings::Prompt;
use crate::store::PlatformTx;
use crate::store::operators::sign_ons::{SignOnRow, Way};

/// How long an operator has to log in.
const BROWSER_LOGIN_LIFETIME: Duration = Duration::from_mins(10);

/// Begins a login, or with `who` a step-up: the operator of a session proves again that it is them, with a login anew at the identity
/// provider.
///
/// # Errors
/// `invalid_field`, `invalid_state`, `provider_unavailable`, `provider_malformed`.
pub async fn begin(app: &App, who: Option<&Identified>, redirect_uri: &str) -> Result<BrowserSignOn> {
    let idp = idp(app)?;
    let prover = prove::prover(who)?;
    let redirect = redirect::parse(redirect_uri)?;
    let credential = NewCredential::generate(Kind::SignOn)?;
    let secrets = secrets::derive(credential.expose())?;
    let ask = match (who, app.settings.sign_on.prompt) {
        (Some(_), _) => Ask::LoginAnew,
        (None, Prompt::Login) => Ask::Login,
        (None, Prompt::SelectAccount) => Ask::SelectAccount,
    };
    let url = idp.begin(&secrets, &redirect, ask).await.map_err(|error| told(&error))?;
    let way = Way::Browser(redirect.as_str());
    let insert = async |tx: &mut PlatformTx| {
        tx.insert_sign_on(credential.digest, prover, way.clone(), BROWSER_LOGIN_LIFETIME).await
    };
    let expires_at = app.store.platform(insert).await?;
    Ok(BrowserSignOn { secret: credential.expose().to_owned(), url: url.into(), expires_at })
}

/// Exchanges what the browser brought back for a session.
///
/// # Errors
/// `sign_on_failed`, `sign_on_refused`, `provider_unavailable`, `provider_malformed`.
pub async fn finish(app: &App, body: &FinishBrowserSignOn, from: LoginOrigin<'_>) -> Result<NewSession> {
    admit::admit(app, &returned_identity(app, None, body, from.address).await?, from, "single_sign_on").await
}

/// Makes the secret of a step-up count once in place of the operator's password.
///
/// # Errors
/// `sign_on_failed`, `sign_on_refused`, `provider_unavailable`, `provider_malformed`.
pub async fn prove(app: &App, who: &Identified, body: &FinishBrowserSignOn, from: IpAddr) -> Result<()> {
    let identity = returned_identity(app, Some(who), body, from).await?;
    prove::proven(app, who, secrets::digest(&body.secret)?, &identity, from).await
}

/// Who has logged in, by what the browser brought back.
async fn returned_identity(
    app: &App,
    who: Option<&Identified>,
    body: &FinishBrowserSignOn,
    from: IpAddr,
) -> Result<Identity> {
    let (digest, prover) = (secrets::digest(&body.secret)?, prove::prover(who)?);
    // Whatever follows, the login cannot be finished again.
    let sign_on_row = app.store.platform(async |tx| tx.take_sign_on(digest, prover).await).await?;
    let sign_on_row = sign_on_row.ok_or_else(not_begun)?;
    match identify_in_browser(app, body, &sign_on_row).await? {
        Ok(identity) => Ok(identity),
        Err(error) => Err(untrusted(app, &error, from).await?),
    }
}

async fn identify_in_browser(
    app: &App,
    body: &FinishBrowserSignOn,
    sign_on_row: &SignOnRow,
) -> Result<Result<Identity, OpenIdError>> {
    let redirect = redirect::parse(sign_on_row.redirect_uri.as_deref().ok_or_else(not_begun)?)?;
    let secrets = secrets::derive(&body.secret)?;
    if !secrets::is_state(&secrets, &body.state) {
        return Ok(Err(OpenIdError::Untrusted("it belongs to another login")));
    }
    let (code, fresh_since) = (SecretString::from(body.code.as_str()), prove::fresh_since(sign_on_row));
    Ok(idp(app)?.finish(&code, body.iss.as_deref(), &secrets, &redirect, fresh_since).await)
}
