//! A client of one service of OAuth 1, for any app.

use std::sync::Arc;

use rand::rngs::SysRng;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{
    account, answer,
    approval::Approval,
    authorize,
    config::{ConfigError, Dialect, ServiceConfig},
    migrate::{self, MigratedToken},
    permit::{self, SignRefused},
    send::{self, Call},
    signer::{Signer, Unsigned},
    stamp::Stamp,
    token_pair::TokenPair,
};
use crate::{
    AppCredentials, Begun, Failure, Grant, GrantReason, HttpClient, LinkRequest, Malformed, Profile,
    RequestReason, Revoked, TokenTag, http::Answer, observed::observed,
};

/// The state of a callback to which nobody will come back.
const NOBODY: &str = "check";

/// A service of OAuth 1. Nothing here waits or tries again: the callers know how often they may.
///
/// The tokens of this protocol do not expire, and there is nothing to refresh them with. A token and its secret are one text for
/// the caller, which only [`TokenPair`] takes apart.
#[derive(Debug, Clone)]
pub struct Service {
    http: HttpClient,
    config: Arc<ServiceConfig>,
}

impl Service {
    /// A client of this service.
    pub fn new(http: HttpClient, config: impl Into<Arc<ServiceConfig>>) -> Result<Self, ConfigError> {
        let config = config.into();
        config.check(&http)?;
        Ok(Self { http, config })
    }

    /// Begins a link: asks for a request token, which is parked with its secret.
    ///
    /// OAuth 1 has no parameter for signing the user in afresh, so `force_reauthentication` changes nothing, and no scopes.
    pub async fn begin(&self, app: &AppCredentials, link: &LinkRequest<'_>) -> Result<Begun, Failure> {
        let callback = authorize::callback(link.callback_url, link.state);
        let token = self.request_token(app, &callback).await?;
        let authorize_url =
            authorize::url(&self.config.endpoints.authorize, self.config.dialect, &token, &callback);
        let unsigned = self.config.dialect == Dialect::OAuth1;
        let request_token = unsigned.then(|| token.token.clone());
        Ok(Begun { authorize_url, parked: token.to_text(), request_token })
    }

    async fn request_token(&self, app: &AppCredentials, callback: &str) -> Result<TokenPair, Failure> {
        let signed = [("oauth_callback", callback)];
        let protocol: &[_] = match self.config.dialect {
            Dialect::OAuth1 => &[],
            Dialect::OAuth1a => &signed,
        };
        let call =
            Call { method: Method::POST, url: &self.config.endpoints.request_token, token: None, protocol };
        observed("request_token", "oauth/request_token", async {
            answer::request_token(&self.send(app, &call).await?, self.config.dialect)
        })
        .await
    }

    /// Exchanges the approval for an access token. It is sent once and is spent if bytes went out.
    ///
    /// Nothing is sent if the browser brought another request token than the parked one. In 1.0 the account that the browser named
    /// must be the one of the access token; an access token of another account goes into the failure, and must be revoked.
    pub async fn finish(
        &self,
        app: &AppCredentials,
        parked: &SecretString,
        approval: &SecretString,
    ) -> Result<Grant, Failure> {
        let mismatch = || Failure::GrantDead { reason: GrantReason::RequestTokenMismatch, request: None };
        let (parked, approval) =
            TokenPair::read(parked).zip(Approval::read(approval)).ok_or_else(mismatch)?;
        if parked.token.expose_secret() != approval.token.expose_secret() {
            return Err(mismatch());
        }
        let (pair, told) = self.access_token(app, &parked, &approval).await?;
        let is_another = |id: &String| id != approval.proof.expose_secret();
        if self.config.dialect == Dialect::OAuth1 && told.as_ref().is_some_and(is_another) {
            return Err(answer::orphaned(Malformed::AccountMismatch, &pair));
        }
        let access_token = pair.to_text();
        Ok(Grant { access_token, refresh_token: None, expires_in: None, scopes: None, account_id: told })
    }

    async fn access_token(
        &self,
        app: &AppCredentials,
        parked: &TokenPair,
        approval: &Approval,
    ) -> Result<(TokenPair, Option<String>), Failure> {
        let verifier = [("oauth_verifier", approval.proof.expose_secret())];
        let protocol: &[_] = match self.config.dialect {
            Dialect::OAuth1 => &[],
            Dialect::OAuth1a => &verifier,
        };
        let url = &self.config.endpoints.access_token;
        let call = Call { method: Method::POST, url, token: Some(parked), protocol };
        observed("access_token", "oauth/access_token", async {
            let answer = send::receive(&self.http, &self.config, app, &call).await?;
            answer::access_token(answer, self.config.account.id_with_token.as_deref())
        })
        .await
    }

    /// Whose account an access token is of.
    pub async fn identify(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<Profile, Failure> {
        self.account(app, &pair_of(access_token)?).await
    }

    async fn account(&self, app: &AppCredentials, pair: &TokenPair) -> Result<Profile, Failure> {
        let call = Call::with_token(Method::GET, &self.config.endpoints.account, pair);
        observed("account", "account", async {
            account::read(&self.send(app, &call).await?, &self.config.account)
        })
        .await
    }

    /// Whether the service takes an access token. A refusal in words that are not known may be about the app, which is asked about then.
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::ClientRejected`] if the app is refused.
    pub async fn check(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        access_token: &SecretString,
    ) -> Result<(), Failure> {
        match self.identify(app, access_token).await {
            Ok(_) => Ok(()),
            Err(failure) => {
                self.is_dead(app, callback_url, &failure).await?;
                Err(failure)
            }
        }
    }

    /// Whether the service takes the app's key and secret: a request token is asked for, which nobody will use. Its callback is that of
    /// links, because services refuse others, `oob` included.
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials, callback_url: &str) -> Result<(), Failure> {
        self.request_token(app, &authorize::callback(callback_url, NOBODY)).await.map(drop)
    }

    /// Ends an access token by the service's own call and makes sure that it is dead.
    ///
    /// [`Revoked::NotAtProvider`] says that the service has no such call, so the token lives on there until the user ends it.
    ///
    /// # Errors
    /// [`Failure`]: the token may live, and the caller has to try again. [`Malformed::StillAlive`] if the service says that it ended
    /// the token and takes it all the same.
    pub async fn revoke(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        access_token: Option<&SecretString>,
    ) -> Result<Revoked, Failure> {
        let Some(access_token) = access_token else { return Ok(Revoked::AlreadyDead) };
        let pair = pair_of(access_token)?;
        let Some(url) = &self.config.endpoints.revoke else { return Ok(Revoked::NotAtProvider) };
        let call = Call::with_token(Method::POST, url, &pair);
        let ended = observed("revoke", "disable_access_token", async {
            answer::ended(&self.send(app, &call).await?)
        });
        match ended.await {
            Ok(()) => {}
            Err(failure) if self.is_dead(app, callback_url, &failure).await? => {
                return Ok(Revoked::AlreadyDead);
            }
            Err(failure) => return Err(failure),
        }
        match self.account(app, &pair).await {
            Ok(_) => Err(Failure::malformed(Malformed::StillAlive)),
            Err(failure) if self.is_dead(app, callback_url, &failure).await? => Ok(Revoked::Done),
            Err(failure) => Err(failure),
        }
    }

    /// Whether a refusal says that the access token is dead. A refusal in words that are not known may be about the app instead, which
    /// the request for a request token tells.
    async fn is_dead(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        failure: &Failure,
    ) -> Result<bool, Failure> {
        match failure {
            Failure::TokenRejected { tag: TokenTag::Invalid } => Ok(true),
            // It was not sent.
            Failure::TokenRejected { tag: TokenTag::Malformed } => Ok(false),
            Failure::TokenRejected { .. } => self.check_app(app, callback_url).await.map(|()| true),
            _ => Ok(false),
        }
    }

    /// Gets an OAuth 2 token for the account of an access token (Dropbox's `token_from_oauth1`). The access token stays alive.
    ///
    /// # Errors
    /// [`Failure`]; [`RequestReason::InvalidRequest`] where the service has no such call.
    pub async fn token_from_oauth1(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
    ) -> Result<MigratedToken, Failure> {
        let pair = pair_of(access_token)?;
        let missing = Failure::RequestRejected { reason: RequestReason::InvalidRequest };
        let url = self.config.endpoints.oauth2_token.as_ref().ok_or(missing)?;
        let call = Call::with_token(Method::POST, url, &pair);
        observed("token_from_oauth1", "oauth2/token_from_oauth1", async {
            migrate::read(&self.send(app, &call).await?)
        })
        .await
    }

    /// The value of the Authorization header for a request that the tenant itself will send, with `form` as its form body.
    ///
    /// # Errors
    /// [`SignRefused`].
    pub fn sign(
        &self,
        app: &AppCredentials,
        access_token: &SecretString,
        method: &str,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Zeroizing<String>, SignRefused> {
        permit::check(&self.config, method, url, form)?;
        let pair = TokenPair::read(access_token).ok_or(SignRefused::NoToken)?;
        let stamp = Stamp::now(&mut SysRng).map_err(|_| SignRefused::Randomness)?;
        let signer = Signer {
            app_key: &app.app_key,
            app_secret: &app.app_secret,
            token: Some(&pair),
            method: self.config.method,
        };
        Ok(signer.sign(&Unsigned { method, url, form, protocol: &[] }, &stamp).header())
    }

    async fn send(&self, app: &AppCredentials, call: &Call<'_>) -> Result<Answer, Failure> {
        send::send(&self.http, &self.config, app, call).await
    }
}

/// Both parts of an access token's text. A text that is not of this protocol is never sent.
fn pair_of(access_token: &SecretString) -> Result<TokenPair, Failure> {
    TokenPair::read(access_token).ok_or(Failure::TokenRejected { tag: TokenTag::Malformed })
}

/// There is nothing to refresh: no grant of this protocol has a refresh token. The failure says nothing about the grant.
pub(crate) fn nothing_to_refresh() -> Failure {
    Failure::RequestRejected { reason: RequestReason::NothingToRefresh }
}
