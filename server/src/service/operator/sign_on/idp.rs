//! The identity provider, and how operators log in.

use bowline_api::admin::{LoginMethods, SingleSignOn};
use bowline_provider::openid::OpenId;

use crate::app::App;
use crate::domain::{Code, Result};
use crate::settings::LocalPasswords;

/// How operators log in here. Whether there is a device flow is asked of the identity provider, and left open if it does not answer.
pub async fn methods(app: &App) -> LoginMethods {
    let single_sign_on = match &app.sign_on {
        Some(idp) => {
            Some(SingleSignOn { issuer: idp.issuer().to_owned(), device: idp.has_device_flow().await.ok() })
        }
        None => None,
    };
    LoginMethods { passwords: app.settings.sign_on.local_passwords == LocalPasswords::All, single_sign_on }
}

/// The identity provider.
///
/// # Errors
/// `invalid_state` if there is none.
pub(super) fn idp(app: &App) -> Result<&OpenId> {
    app.sign_on.as_ref().ok_or_else(|| {
        let detail =
            "single sign-on is not set up at this server (bowline.sign_on); log in with name and password";
        Code::InvalidState.because(detail).into()
    })
}
