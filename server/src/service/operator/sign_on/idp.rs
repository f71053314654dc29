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
            let device =
                if app.settings.sign_on.device { idp.has_device_flow().await.ok() } else { Some(false) };
            Some(SingleSignOn { issuer: idp.issuer().to_owned(), device })
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

/// The identity provider, for logins on another device.
///
/// # Errors
/// `invalid_state` if there is none, or if such logins are off.
pub(super) fn idp_for_devices(app: &App) -> Result<&OpenId> {
    let idp = idp(app)?;
    if !app.settings.sign_on.device {
        let detail = "logins on another device are off at this server (bowline.sign_on.device); log in with a browser on this machine";
        return Err(Code::InvalidState.because(detail).into());
    }
    Ok(idp)
}
