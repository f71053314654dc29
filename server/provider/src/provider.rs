//! The seam: what a service asks of a provider, whichever protocol the connector speaks.

use std::sync::Arc;

use secrecy::SecretString;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    AppCredentials, Begun, Failure, Grant, LinkRequest, Profile, Protocol, RefreshedToken, RequestReason,
    Revoked,
    dropbox::Dropbox,
    oauth1::{self, MigratedToken, Service, ServiceConfig, SignRefused},
};

/// The providers that accounts are linked at. Each call goes to the code of the protocol that the app's credentials name.
///
/// Nothing here waits or tries again: the callers know how often they may.
#[derive(Debug, Clone)]
pub struct Provider {
    dropbox: Dropbox,
}

impl Provider {
    /// The protocols with their clients.
    #[must_use]
    pub fn new(dropbox: Dropbox) -> Self {
        Self { dropbox }
    }

    /// Begins a link: the address to send the browser to, and what to park until it is back.
    ///
    /// # Errors
    /// [`Failure`]; nothing was granted and the caller may begin again.
    pub async fn begin(&self, app: &AppCredentials, link: &LinkRequest<'_>) -> Result<Begun, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.begin(app, link),
            Protocol::OAuth1(config) => self.service(config)?.begin(app, link).await,
        }
    }

    /// Exchanges an approval for a grant. The approval is sent once and is spent if bytes went out.
    ///
    /// # Errors
    /// [`Failure`]; where tokens came with a bad answer it carries them, and they must be revoked.
    pub async fn finish(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        parked: &SecretString,
        approval: &SecretString,
    ) -> Result<Grant, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.exchange_code(app, approval, parked, callback_url).await,
            Protocol::OAuth1(config) => self.service(config)?.finish(app, parked, approval).await,
        }
    }

    /// Whose account a token is of.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn identify(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<Profile, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.current_account(access_token).await.map(Into::into),
            Protocol::OAuth1(config) => self.service(config)?.identify(app, access_token).await,
        }
    }

    /// Gets a fresh access token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn refresh(
        &self,
        app: &AppCredentials,
        refresh_token: &SecretString,
    ) -> Result<RefreshedToken, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.refresh(app, refresh_token).await,
            Protocol::OAuth1(_) => Err(oauth1::nothing_to_refresh()),
        }
    }

    /// Gets a fresh access token that has these of the grant's scopes and no other.
    ///
    /// # Errors
    /// [`Failure`]; a token that is said to have other scopes is malformed.
    pub async fn refresh_narrowed(
        &self,
        app: &AppCredentials,
        refresh_token: &SecretString,
        scopes: &[String],
    ) -> Result<RefreshedToken, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.refresh_narrowed(app, refresh_token, scopes).await,
            Protocol::OAuth1(_) => Err(oauth1::nothing_to_refresh()),
        }
    }

    /// Ends a grant by what is left of it. An access token that has expired is of no use here: leave it out.
    ///
    /// # Errors
    /// [`Failure`]: the grant may live, and the caller has to try again.
    pub async fn revoke(
        &self,
        app: &AppCredentials,
        access_token: Option<&SecretString>,
        refresh_token: Option<&SecretString>,
    ) -> Result<Revoked, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.end_grant(app, access_token, refresh_token).await,
            Protocol::OAuth1(config) => self.service(config)?.revoke(app, access_token).await,
        }
    }

    /// Whether the provider takes an access token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check(&self, app: &AppCredentials, access_token: &SecretString) -> Result<(), Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.check_user(access_token).await,
            Protocol::OAuth1(config) => self.service(config)?.check(app, access_token).await,
        }
    }

    /// Whether the provider takes the app's key and secret.
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials) -> Result<(), Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.check_app(app).await,
            Protocol::OAuth1(config) => self.service(config)?.check_app(app).await,
        }
    }
    /// Gets an OAuth 2 token for the account of an OAuth 1 token, which stays alive.
    ///
    /// # Errors
    /// [`Failure`]; [`RequestReason::InvalidRequest`] where the protocol or the provider has no such call.
    pub async fn token_from_oauth1(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<MigratedToken, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => Err(Failure::RequestRejected { reason: RequestReason::InvalidRequest }),
            Protocol::OAuth1(config) => self.service(config)?.token_from_oauth1(app, access_token).await,
        }
    }

    /// The Authorization header of a request that the tenant itself will send, with `form` as its form body.
    ///
    /// # Errors
    /// [`SignRefused`]; [`SignRefused::NoToken`] under a protocol that signs nothing.
    pub fn sign(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
        method: &str,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Zeroizing<String>, SignRefused> {
        match &app.protocol {
            Protocol::OAuth2 => Err(SignRefused::NoToken),
            Protocol::OAuth1(config) => {
                let service = self.service(config).map_err(|_| SignRefused::Misconfigured)?;
                service.sign(app, access_token, method, url, form)
            }
        }
    }

    /// The service of a connector. What it says of itself is checked before each call, so that no caller can forget it.
    fn service(&self, config: &Arc<ServiceConfig>) -> Result<Service, Failure> {
        Service::new(self.dropbox.http().clone(), Arc::clone(config))
            .map_err(|_| Failure::RequestRejected { reason: RequestReason::Misconfigured })
    }
}
