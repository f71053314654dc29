//! The interface through which services call a provider, whatever protocol the connector speaks.

use std::sync::Arc;

use secrecy::SecretString;
use url::{Origin, Url};
use zeroize::Zeroizing;

use crate::{
    AppCredentials, Begun, Failure, Grant, LinkRequest, Profile, Protocol, RefreshedToken, RequestReason,
    Revoked,
    dropbox::Dropbox,
    oauth1::{self, ConfigError, MigratedToken, Service, ServiceConfig, SignRefused},
    sandbox::Sandbox,
};

/// The providers where accounts are linked. Each call goes to the code of the protocol that the app's credentials name.
///
/// Calls are never repeated or delayed here: the callers decide how often they may try.
#[derive(Debug, Clone)]
pub struct Provider {
    dropbox: Dropbox,
    /// The simulator, for sandboxes.
    sandbox: Option<Sandbox>,
    /// The origins of services of OAuth 1 that may be called.
    oauth1_origins: Arc<[Origin]>,
}

impl Provider {
    /// The protocols with their clients. No service of OAuth 1 may be called.
    #[must_use]
    pub fn new(dropbox: Dropbox) -> Self {
        Self { dropbox, sandbox: None, oauth1_origins: Arc::default() }
    }

    /// Lets the connectors of sandboxes call this simulator.
    #[must_use]
    pub fn with_sandbox(self, sandbox: Option<Sandbox>) -> Self {
        Self { sandbox, ..self }
    }

    /// The simulator, for connectors of sandboxes.
    ///
    /// # Errors
    /// [`RequestReason::Misconfigured`] for any other connector, and if there is no simulator.
    pub fn sandbox(&self, app: &AppCredentials) -> Result<&Sandbox, Failure> {
        match (&app.protocol, &self.sandbox) {
            (Protocol::Sandbox, Some(sandbox)) => Ok(sandbox),
            _ => Err(Failure::RequestRejected { reason: RequestReason::Misconfigured }),
        }
    }

    /// Asks whether the simulator for sandboxes is there. None if there is none to be asked.
    pub async fn ping_sandbox(&self) -> Option<Result<(), Failure>> {
        match &self.sandbox {
            Some(sandbox) => Some(sandbox.ping().await),
            None => None,
        }
    }

    /// The Dropbox of an app: the simulator for connectors of sandboxes, which reach no other host, and Dropbox itself for all others.
    fn dropbox(&self, app: &AppCredentials) -> Result<&Dropbox, Failure> {
        match &app.protocol {
            Protocol::Sandbox => self.sandbox(app).map(Sandbox::dropbox),
            Protocol::OAuth2 | Protocol::OAuth1(_) => Ok(&self.dropbox),
        }
    }

    /// Lets services of OAuth 1 be called at these origins.
    #[must_use]
    pub fn with_oauth1_at<'a>(self, origins: impl IntoIterator<Item = &'a Url>) -> Self {
        Self { oauth1_origins: origins.into_iter().map(Url::origin).collect(), ..self }
    }

    /// Whether connectors of this protocol can be used here.
    ///
    /// # Errors
    /// Why they cannot.
    pub fn accepts(&self, protocol: &Protocol) -> Result<(), ConfigError> {
        match protocol {
            Protocol::OAuth2 | Protocol::Sandbox => Ok(()),
            Protocol::OAuth1(config) => self.permitted(config).map(drop),
        }
    }

    /// Begins a link. Returns the address to send the browser to, and the value to park until it returns.
    ///
    /// # Errors
    /// [`Failure`]. Nothing was granted, and the caller may begin again.
    pub async fn begin(&self, app: &AppCredentials, link: &LinkRequest<'_>) -> Result<Begun, Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.begin(app, link),
            Protocol::Sandbox => {
                let sandbox = self.sandbox(app)?;
                sandbox.register(app, link.callback_url, link.scopes).await?;
                sandbox.dropbox().begin(app, link)
            }
            Protocol::OAuth1(config) => self.service(config)?.begin(app, link).await,
        }
    }

    /// Exchanges an approval for a grant. The approval is sent once. It is consumed if any bytes were sent.
    ///
    /// # Errors
    /// [`Failure`]. If a malformed response contains tokens, the failure carries them, and they must be revoked.
    pub async fn finish(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        parked: &SecretString,
        approval: &SecretString,
    ) -> Result<Grant, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => {
                self.dropbox(app)?.exchange_code(app, approval, parked, callback_url).await
            }
            Protocol::OAuth1(config) => self.service(config)?.finish(app, parked, approval).await,
        }
    }

    /// The account that a token belongs to.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn identify(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<Profile, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => {
                self.dropbox(app)?.current_account(access_token).await.map(Into::into)
            }
            Protocol::OAuth1(config) => self.service(config)?.identify(app, access_token).await,
        }
    }

    /// The team that a token belongs to, if a whole team was linked.
    ///
    /// # Errors
    /// [`Failure`]; [`RequestReason::InvalidRequest`] if the protocol has no teams.
    pub async fn identify_team(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<Profile, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => self.dropbox(app)?.team(access_token).await,
            Protocol::OAuth1(_) => Err(Failure::RequestRejected { reason: RequestReason::InvalidRequest }),
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
            Protocol::OAuth2 | Protocol::Sandbox => self.dropbox(app)?.refresh(app, refresh_token).await,
            Protocol::OAuth1(_) => Err(oauth1::nothing_to_refresh()),
        }
    }

    /// Gets a fresh access token that has only these of the grant's scopes.
    ///
    /// # Errors
    /// [`Failure`]. A token that, according to the response, has other scopes is malformed.
    pub async fn refresh_narrowed(
        &self,
        app: &AppCredentials,
        refresh_token: &SecretString,
        scopes: &[String],
    ) -> Result<RefreshedToken, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => {
                self.dropbox(app)?.refresh_narrowed(app, refresh_token, scopes).await
            }
            Protocol::OAuth1(_) => Err(oauth1::nothing_to_refresh()),
        }
    }

    /// Ends a grant with the tokens that remain of it. An expired access token is useless here: omit it. `callback_url` is needed to ask
    /// about the app, as in [`check_app`](Self::check_app).
    ///
    /// # Errors
    /// [`Failure`]. The grant may still be alive, and the caller has to try again.
    pub async fn revoke(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        access_token: Option<&SecretString>,
        refresh_token: Option<&SecretString>,
    ) -> Result<Revoked, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => {
                self.dropbox(app)?.end_grant(app, access_token, refresh_token).await
            }
            Protocol::OAuth1(config) => self.service(config)?.revoke(app, callback_url, access_token).await,
        }
    }

    /// Checks whether the provider accepts an access token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        access_token: &SecretString,
    ) -> Result<(), Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => self.dropbox(app)?.check_user(access_token).await,
            Protocol::OAuth1(config) => self.service(config)?.check(app, callback_url, access_token).await,
        }
    }

    /// Checks whether the provider accepts the app's key and secret. Protocols that prove them with a request for a link name
    /// `callback_url` in it.
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials, callback_url: &str) -> Result<(), Failure> {
        match &app.protocol {
            Protocol::OAuth2 => self.dropbox.check_app(app).await,
            Protocol::Sandbox => {
                let sandbox = self.sandbox(app)?;
                sandbox.register(app, callback_url, &[]).await?;
                sandbox.dropbox().check_app(app).await
            }
            Protocol::OAuth1(config) => self.service(config)?.check_app(app, callback_url).await,
        }
    }

    /// Gets an OAuth 2 token for the account of an OAuth 1 token, which remains valid.
    ///
    /// # Errors
    /// [`Failure`]; [`RequestReason::InvalidRequest`] if the protocol or the provider has no such call.
    pub async fn token_from_oauth1(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<MigratedToken, Failure> {
        match &app.protocol {
            Protocol::OAuth2 | Protocol::Sandbox => {
                Err(Failure::RequestRejected { reason: RequestReason::InvalidRequest })
            }
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
            Protocol::OAuth2 | Protocol::Sandbox => Err(SignRefused::NoToken),
            Protocol::OAuth1(config) => {
                let service = self.service(config).map_err(|_| SignRefused::Misconfigured)?;
                service.sign(app, access_token, method, url, form)
            }
        }
    }

    /// The service of a connector. Its description is checked before each call, so that no caller can forget the check.
    fn service(&self, config: &Arc<ServiceConfig>) -> Result<Service, Failure> {
        self.permitted(config).map_err(|_| Failure::RequestRejected { reason: RequestReason::Misconfigured })
    }

    fn permitted(&self, config: &Arc<ServiceConfig>) -> Result<Service, ConfigError> {
        if !config.is_within(&self.oauth1_origins) {
            return Err(ConfigError::Origin);
        }
        Service::new(self.dropbox.http().clone(), Arc::clone(config))
    }
}
