//! What operators are told if a login at the identity provider fails, and what the audit log keeps of it.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::OperatorId;
use bowline_provider::openid::OpenIdError;

use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::metrics;
use crate::store::PlatformTx;

/// When to try again if the identity provider does not answer.
const IDP_RETRY: Duration = Duration::from_secs(5);

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
            Code::ProviderUnavailable.because(detail).retry_after(IDP_RETRY)
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

/// Why a person is not let in, for the audit log.
pub(super) struct Refused<'a> {
    /// The operator, if they are known.
    pub(super) operator: Option<OperatorId>,
    pub(super) reason: &'static str,
    /// The identity provider's name for the person.
    pub(super) user: Option<&'a str>,
    /// The sessions of the operator that end with the refusal.
    pub(super) ended_sessions: Option<usize>,
}

impl Refused<'_> {
    /// Records and counts the refusal, after all rows are locked.
    pub(super) async fn record(self, tx: &mut PlatformTx, address: IpAddr) -> Result<()> {
        let Self { operator, reason, user, ended_sessions } = self;
        let event = Event::OperatorSignOnRefused { operator, reason, address, user, ended_sessions };
        tx.record(&Actor::System, event).await?;
        metrics::login_failed();
        Ok(())
    }
}

/// Records that a response does not prove who somebody is, and returns what they are told.
pub(super) async fn untrusted(app: &App, error: &OpenIdError, from: IpAddr) -> Result<Error> {
    if matches!(error, OpenIdError::Untrusted(_)) {
        let record = async |tx: &mut PlatformTx| {
            let refused = Refused { operator: None, reason: "untrusted", user: None, ended_sessions: None };
            refused.record(tx, from).await
        };
        app.store.platform(record).await?;
    }
    Ok(told(error))
}
