//! What operators are told if a login at the identity provider fails, and what the audit log keeps of it.

use std::net::IpAddr;
use std::time::Duration;

use bowline_provider::openid::OpenIdError;

use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::metrics;

/// When to try again if the identity provider does not answer.
const AGAIN: Duration = Duration::from_secs(5);

/// There is no login with this secret.
pub(super) fn not_begun() -> Error {
    let detail = "this login has ended: it took too long, was finished already, or was begun by another client; begin again";
    Code::SignOnFailed.because(detail).into()
}

/// The failure of a call to the identity provider as the operator sees it.
pub(super) fn told(error: &OpenIdError) -> Error {
    let refusal = match error {
        OpenIdError::Unavailable(_) => {
            let detail = "the identity provider cannot be reached; try again. For emergencies there may be an operator with a password";
            Code::ProviderUnavailable.because(detail).retry_after(AGAIN)
        }
        OpenIdError::Refused(code) => {
            let detail = format!("the identity provider did not complete the login ({code}); begin again");
            Code::SignOnFailed.because(detail)
        }
        OpenIdError::NoDeviceFlow => {
            Code::InvalidState.because("the identity provider has no codes for other devices; log in with a browser")
        }
        OpenIdError::Untrusted(why) => {
            let detail = format!("the identity provider's response does not prove who you are: {why}; begin again");
            Code::SignOnFailed.because(detail)
        }
        // Whoever runs the service has to change something.
        OpenIdError::Client(code) => Code::ProviderMalformed.because(format!(
            "the identity provider refuses this server ({code}); check bowline.sign_on and the registration of its client there"
        )),
        OpenIdError::Malformed(what) => Code::ProviderMalformed.because(format!(
            "the identity provider's configuration or response cannot be used: {what}; check bowline.sign_on.issuer"
        )),
        _ => Code::ProviderMalformed.because("the login at the identity provider failed; check bowline.sign_on"),
    };
    if !matches!(error, OpenIdError::Unavailable(_)) {
        tracing::warn!(outcome = error.code(), reason = %error, "a login at the identity provider failed");
    }
    refusal.into()
}

/// Records that a response does not prove who somebody is, and returns what they are told.
pub(super) async fn untrusted(app: &App, error: &OpenIdError, from: IpAddr) -> Result<Error> {
    if matches!(error, OpenIdError::Untrusted(_)) {
        metrics::login_failed();
        let refused = Event::OperatorSignOnRefused {
            operator: None,
            reason: "untrusted",
            address: from,
            user: None,
            ended_sessions: None,
        };
        app.store.platform(async |tx| tx.record(&Actor::System, refused).await).await?;
    }
    Ok(told(error))
}
