//! Dropbox on top of OAuth 2.0: endpoints, authorize page, grants, account, revocation and checks.

mod account;
mod authorize;
mod check;
mod endpoints;
mod error;
mod grant;
mod revoke;
mod team;

pub use account::{AccountId, AccountType, BadAccountId, ProviderAccount};
pub use authorize::AuthorizeRequest;
pub use endpoints::{EndpointError, Endpoints};
pub use team::is_team;

use rand::rngs::SysRng;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    AppCredentials, Begun, Failure, Grant, HttpClient, LinkRequest, Malformed, Profile, RefreshedToken,
    Revoked, TokenTag, TransientKind,
    oauth2::{self, Pkce},
    observed::observed,
};

/// Dropbox, for any app. Calls are never repeated or delayed here: the callers decide how often they may try.
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

    /// Begins a link without a call to Dropbox. The parked value is the PKCE verifier.
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
            require_role: link.require_role,
            force_reapprove: false,
            locale: link.locale,
            include_granted_scopes: link.include_granted_scopes,
        });
        Ok(Begun { authorize_url, parked: pkce.verifier, request_token: None })
    }

    /// The address to which the browser is sent.
    #[must_use]
    pub fn authorize_url(&self, request: &AuthorizeRequest<'_>) -> Url {
        request.url(&self.endpoints.authorize)
    }

    /// Exchanges a code for a grant. The code is sent once. It is consumed if any bytes were sent.
    ///
    /// # Errors
    /// [`Failure`]. If a malformed response contains tokens, the failure carries them, and they must be revoked.
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

    /// The account that a token belongs to (`users/get_current_account`, scope `account_info.read`).
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

    /// The team that a token belongs to (`team/get_info`, scope `team_info.read`).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn team(&self, access_token: &SecretString) -> Result<Profile, Failure> {
        let request = self.call("team/get_info", access_token, &Value::Null);
        observed("team", "team/get_info", async { team::read(&self.http.send(request).await?) }).await
    }

    /// Ends the token's whole grant (`auth/token/revoke`).
    ///
    /// The token must be alive. For an expired one the failure is [`TokenRejected`](Failure::TokenRejected), because its
    /// grant may still be alive: refresh, and then revoke.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn revoke(&self, access_token: &SecretString) -> Result<Revoked, Failure> {
        let request = self.call("auth/token/revoke", access_token, &Value::Null);
        observed("revoke", "auth/token/revoke", async { revoke::read(&self.http.send(request).await?) }).await
    }

    /// Ends a grant with its access token or, if that is missing or expired, with one that is fetched for this purpose.
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
        // Without a refresh token there is no further access token, and the last one has expired.
        let Some(refresh_token) = refresh_token else { return Ok(Revoked::AlreadyDead) };
        match self.refresh(app, refresh_token).await {
            Ok(fresh) => self.revoke(&fresh.access_token).await,
            Err(Failure::GrantDead { .. }) => Ok(Revoked::AlreadyDead),
            Err(failure) => Err(failure),
        }
    }

    /// Checks whether Dropbox accepts the app's key and secret (`check/app`).
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials) -> Result<(), Failure> {
        let secret = app.app_secret.expose_secret();
        let request = self.post("check/app").basic_auth(&app.app_key, Some(secret)).json(&check::question());
        observed("check_app", "check/app", async { check::read_app(&self.http.send(request).await?) }).await
    }

    /// Checks whether Dropbox accepts an access token (`check/user`).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check_user(&self, access_token: &SecretString) -> Result<(), Failure> {
        let request = self.call("check/user", access_token, &check::question());
        observed("check_user", "check/user", async { check::read_user(&self.http.send(request).await?) })
            .await
    }

    /// Calls a route of the API with a token. A route without arguments gets `null`.
    fn call(&self, route: &str, access_token: &SecretString, body: &Value) -> RequestBuilder {
        self.post(route).bearer_auth(access_token.expose_secret()).json(body)
    }

    fn post(&self, route: &str) -> RequestBuilder {
        self.http.post(&self.endpoints.route(route))
    }
}
