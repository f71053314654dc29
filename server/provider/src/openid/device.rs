//! The device authorization grant (RFC 8628): the person approves in the browser of another device.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::ErrorResponseType;
use openidconnect::core::CoreDeviceAuthorizationResponse;
use secrecy::{ExposeSecret as _, SecretString};

use super::discovery::client;
use super::error::{OpenIdError, of_request};
use super::identity::Identity;
use super::open_id::OpenId;
use super::token::Demand;
use crate::observed::observed_as;

/// A device authorization that has begun.
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// What the person enters.
    pub user_code: String,
    /// Where they enter it.
    pub verification_url: String,
    /// The same address with the code in it, if the identity provider gives one.
    pub complete_url: Option<String>,
    /// How long the code is valid.
    pub lifetime: Duration,
    /// The least time between two polls.
    pub interval: Duration,
    /// What [`OpenId::poll_device`] needs. It contains the device code, so the caller seals it.
    pub parked: SecretString,
}

/// The outcome of a poll.
#[derive(Debug, Clone)]
pub enum Polled {
    /// The person has not decided yet. Poll again after this time.
    Pending(Duration),
    /// The person has approved.
    Approved(Identity),
}

impl OpenId {
    /// Whether the identity provider has a device flow, as far as is known without asking for longer.
    ///
    /// # Errors
    /// [`OpenIdError`].
    pub async fn has_device_flow(&self) -> Result<bool, OpenIdError> {
        Ok(self.metadata().await?.additional_metadata().device_authorization_endpoint.is_some())
    }

    /// Begins a device authorization. With `anew` the identity provider is asked to have the person log in even if they are logged in there;
    /// the standard has no such parameter, so whether it did shows in the ID token.
    ///
    /// # Errors
    /// [`OpenIdError`].
    pub async fn begin_device(&self, anew: bool) -> Result<DeviceAuthorization, OpenIdError> {
        let begin = async {
            let metadata = self.metadata().await?;
            let endpoint = metadata.additional_metadata().device_authorization_endpoint.clone();
            let endpoint = endpoint.ok_or(OpenIdError::NoDeviceFlow)?;
            let client = client(&metadata, &self.registration).set_device_authorization_url(endpoint);
            let mut request = client.exchange_device_code().add_scopes(self.scopes());
            if anew {
                request = request.add_extra_param("prompt", "login").add_extra_param("max_age", "0");
            }
            let answer: CoreDeviceAuthorizationResponse = request.request_async(&self.http).await?;
            let parked = serde_json::to_string(&answer)
                .map_err(|_| OpenIdError::Malformed("its device authorization cannot be kept"))?;
            Ok::<_, OpenIdError>(DeviceAuthorization {
                user_code: answer.user_code().secret().clone(),
                verification_url: answer.verification_uri().to_string(),
                complete_url: answer.verification_uri_complete().map(|url| url.secret().clone()),
                lifetime: answer.expires_in(),
                interval: answer.interval(),
                parked: parked.into(),
            })
        };
        observed_as("sign_on_begin", "device_authorization", begin, OpenIdError::code).await
    }

    /// Asks once whether the person has approved. `fresh_since` demands a login at the identity provider since then.
    ///
    /// # Errors
    /// [`OpenIdError`]; `Refused` if the person has declined or the code has expired.
    pub async fn poll_device(
        &self,
        parked: &SecretString,
        fresh_since: Option<DateTime<Utc>>,
    ) -> Result<Polled, OpenIdError> {
        let ask = async {
            let parked: CoreDeviceAuthorizationResponse = serde_json::from_str(parked.expose_secret())
                .map_err(|_| OpenIdError::Malformed("the parked device authorization"))?;
            let metadata = self.metadata().await?;
            let client = client(&metadata, &self.registration);
            let exchange = client
                .exchange_device_access_token(&parked)
                .map_err(|_| OpenIdError::Malformed("its configuration names no token endpoint"))?;
            // The library polls until there is an outcome. Its first wait means that there is none yet.
            let wait: Mutex<Option<Duration>> = Mutex::default();
            let told = || *wait.lock().unwrap_or_else(PoisonError::into_inner);
            let pause = |interval| {
                *wait.lock().unwrap_or_else(PoisonError::into_inner) = Some(interval);
                std::future::pending()
            };
            let mut polling = pin!(exchange.request_async(&self.http, pause, None));
            let outcome = poll_fn(|context| match (polling.as_mut().poll(context), told()) {
                (Poll::Ready(outcome), _) => Poll::Ready(Ok(outcome)),
                (Poll::Pending, Some(interval)) => Poll::Ready(Err(interval)),
                (Poll::Pending, None) => Poll::Pending,
            });
            let tokens = match outcome.await {
                Err(interval) => return Ok::<_, OpenIdError>(Polled::Pending(interval)),
                Ok(tokens) => tokens.map_err(|error| of_request(error, |answer| code(answer.error())))?,
            };
            Ok(Polled::Approved(self.identify(&tokens, Demand { nonce: None, fresh_since }).await?))
        };
        observed_as("sign_on_poll", "token", ask, OpenIdError::code).await
    }
}

fn code(error: &impl ErrorResponseType) -> String {
    // The library has names of its own for the codes and writes them as JSON texts.
    serde_json::to_value(error).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openid::{Ask, Registration, Secrets};

    fn is_send<T: Send>(_: &T) {}

    /// Handlers run on any thread.
    #[tokio::test]
    async fn every_step_can_wait_on_any_thread() {
        let registration = Registration {
            issuer: "https://login.example".to_owned(),
            client_id: "bowline".to_owned(),
            client_secret: None,
            scopes: Vec::new(),
            groups_claim: "groups".to_owned(),
        };
        let http = crate::HttpClient::new(&crate::HttpOptions::default()).unwrap();
        let idp = OpenId::new(http, registration);
        let secrets = Secrets { state: "s".into(), nonce: "n".into(), verifier: "v".into() };
        let (redirect, text) = (url::Url::parse("http://127.0.0.1:1/").unwrap(), SecretString::from("x"));
        is_send(&idp.has_device_flow());
        is_send(&idp.begin(&secrets, &redirect, Ask::LoginAnew));
        is_send(&idp.finish(&text, None, &secrets, &redirect, None));
        is_send(&idp.begin_device(true));
        is_send(&idp.poll_device(&text, None));
    }
}
