//! Dropbox on top of OAuth 2.0: endpoints, authorize page, grants, account, revoke and checks.

mod account;
mod authorize;
mod check;
mod endpoints;
mod error;
mod grant;
mod revoke;

pub use account::{AccountId, AccountType, BadAccountId, ProviderAccount};
pub use authorize::AuthorizeRequest;
pub use endpoints::{EndpointError, Endpoints};

use rand::rngs::SysRng;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    AppCredentials, Begun, Failure, Grant, HttpClient, LinkRequest, Malformed, RefreshedToken, Revoked,
    TokenTag, TransientKind,
    oauth2::{self, Pkce},
    observed::observed,
};

/// Dropbox, for any app. Nothing here waits or tries again: the callers know how often they may.
#[derive(Debug, Clone)]
pub struct Dropbox {
    http: HttpClient,
    endpoints: Endpoints,
}

impl Dropbox {
    /// A client of these endpoints.
    ///
    /// # Errors
    /// [`EndpointError::Scheme`] if the HTTP client would not call one of them.
    pub fn new(http: HttpClient, endpoints: Endpoints) -> Result<Self, EndpointError> {
        if ![&endpoints.token, &endpoints.api].into_iter().all(|url| http.accepts(url)) {
            return Err(EndpointError::Scheme);
        }
        Ok(Self { http, endpoints })
    }

    /// The client that all calls go through.
    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Begins a link. The PKCE verifier is what is parked; nobody is asked.
    ///
    /// # Errors
    /// [`TransientKind::Randomness`].
    pub fn begin(&self, app: &AppCredentials, link: &LinkRequest<'_>) -> Result<Begun, Failure> {
        let pkce = Pkce::generate(&mut SysRng).map_err(|_| Failure::transient(TransientKind::Randomness))?;
        let authorize_url = self.authorize_url(&AuthorizeRequest {
            oauth: oauth2::AuthorizeRequest {
                client_id: &app.app_key,
                redirect_uri: link.callback_url,
                state: link.state,
                scopes: link.scopes,
                challenge: &pkce.challenge,
            },
            force_reauthentication: link.force_reauthentication,
            force_reapprove: false,
            locale: None,
        });
        Ok(Begun { authorize_url, parked: pkce.verifier })
    }

    /// The address that the browser is sent to.
    #[must_use]
    pub fn authorize_url(&self, request: &AuthorizeRequest<'_>) -> Url {
        request.url(&self.endpoints.authorize)
    }

    /// Exchanges a code for a grant. The code is sent once and is spent if bytes went out.
    ///
    /// # Errors
    /// [`Failure`]; where tokens came with a bad answer it carries them, and they must be revoked.
    pub async fn exchange_code(
        &self,
        app: &AppCredentials,
        code: &SecretString,
        verifier: &SecretString,
        redirect_uri: &str,
    ) -> Result<Grant, Failure> {
        observed("exchange_code", "oauth2/token", async {
            let endpoint = &self.endpoints.token;
            let tokens =
                oauth2::exchange_code(&self.http, endpoint, app, code, verifier, redirect_uri).await?;
            grant::read(tokens)
        })
        .await
    }

    /// Gets a fresh access token. The refresh token neither expires nor changes at Dropbox.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn refresh(
        &self,
        app: &AppCredentials,
        refresh_token: &SecretString,
    ) -> Result<RefreshedToken, Failure> {
        let call = oauth2::refresh(&self.http, &self.endpoints.token, app, refresh_token, None);
        observed("refresh", "oauth2/token", call).await
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
        let scope = scopes.join(" ");
        let call = oauth2::refresh(&self.http, &self.endpoints.token, app, refresh_token, Some(&scope));
        let token = observed("refresh_narrowed", "oauth2/token", call).await?;
        match &token.scopes {
            Some(told) if told.iter().any(|scope| !scopes.contains(scope)) => {
                Err(Failure::malformed(Malformed::Scope))
            }
            _ => Ok(token),
        }
    }

    /// Whose account a token is of (`users/get_current_account`, scope `account_info.read`).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn current_account(&self, access_token: &SecretString) -> Result<ProviderAccount, Failure> {
        let request = self.call("users/get_current_account", access_token, &Value::Null);
        observed("current_account", "users/get_current_account", async {
            account::read(&self.http.send(request).await?)
        })
        .await
    }

    /// Kills the token's whole grant (`auth/token/revoke`).
    ///
    /// The token must be alive: for an expired one this is a
    /// [`TokenRejected`](Failure::TokenRejected) failure, since its grant may well live. Refresh, then revoke.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn revoke(&self, access_token: &SecretString) -> Result<Revoked, Failure> {
        let request = self.call("auth/token/revoke", access_token, &Value::Null);
        observed("revoke", "auth/token/revoke", async { revoke::read(&self.http.send(request).await?) }).await
    }

    /// Ends a grant by its access token, or where that is missing or has expired, by one that is fetched for it.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn end_grant(
        &self,
        app: &AppCredentials,
        access_token: Option<&SecretString>,
        refresh_token: Option<&SecretString>,
    ) -> Result<Revoked, Failure> {
        if let Some(access_token) = access_token {
            match self.revoke(access_token).await {
                Err(Failure::TokenRejected { tag: TokenTag::Expired }) => {}
                ended => return ended,
            }
        }
        // Without a refresh token nothing can make another access token, and the last one is dead by its age.
        let Some(refresh_token) = refresh_token else { return Ok(Revoked::AlreadyDead) };
        match self.refresh(app, refresh_token).await {
            Ok(fresh) => self.revoke(&fresh.access_token).await,
            Err(Failure::GrantDead { .. }) => Ok(Revoked::AlreadyDead),
            Err(failure) => Err(failure),
        }
    }

    /// Whether Dropbox takes the app's key and secret (`check/app`).
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials) -> Result<(), Failure> {
        let secret = app.app_secret.expose_secret();
        let request = self.post("check/app").basic_auth(&app.app_key, Some(secret)).json(&check::question());
        observed("check_app", "check/app", async { check::read_app(&self.http.send(request).await?) }).await
    }

    /// Whether Dropbox takes an access token (`check/user`).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check_user(&self, access_token: &SecretString) -> Result<(), Failure> {
        let request = self.call("check/user", access_token, &check::question());
        observed("check_user", "check/user", async { check::read_user(&self.http.send(request).await?) })
            .await
    }

    /// A route of the API with a token. A route without arguments gets `null`.
    fn call(&self, route: &str, access_token: &SecretString, body: &Value) -> RequestBuilder {
        self.post(route).bearer_auth(access_token.expose_secret()).json(body)
    }

    fn post(&self, route: &str) -> RequestBuilder {
        self.http.post(&self.endpoints.route(route))
    }
}
