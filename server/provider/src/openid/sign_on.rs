//! The flow with a browser: the authorization code with PKCE.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::discovery::client;
use super::error::OpenIdError;
use super::identity::Identity;
use super::open_id::OpenId;
use super::token::Demand;
use crate::observed::observed_as;

/// What binds the steps of one login together. The caller makes them from 256 random bits each and uses them once.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Goes to the identity provider and comes back with the redirect.
    pub state: SecretString,
    /// Goes to the identity provider and comes back in the ID token.
    pub nonce: SecretString,
    /// Goes to the token endpoint; the browser carries only its SHA-256. 43 to 128 unreserved characters.
    pub verifier: SecretString,
}

/// What the identity provider asks the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// To log in. The standard demands that every identity provider knows it; Keycloak and oidc-provider do.
    Login,
    /// To choose who they are. oidc-provider refuses it unless it is configured for it, and Keycloak ignores it.
    SelectAccount,
    /// To log in, and the ID token says when they did.
    LoginAnew,
}

impl OpenId {
    /// The address at which the person logs in. They are asked even if they are logged in at the identity provider: a program on their machine
    /// that takes the redirect in the terminal's place must not get a login without them (RFC 8252, 8.6).
    ///
    /// # Errors
    /// [`OpenIdError`].
    pub async fn begin(&self, secrets: &Secrets, redirect: &Url, ask: Ask) -> Result<Url, OpenIdError> {
        let begin = async {
            let metadata = self.metadata().await?;
            let client = client(&metadata, &self.registration);
            let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
            let mut request = client
                .authorize_url(
                    AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                    move || CsrfToken::new(state.expose_secret().to_owned()),
                    move || Nonce::new(nonce.expose_secret().to_owned()),
                )
                .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect.clone())))
                .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier(secrets)))
                .add_scopes(self.scopes())
                .add_prompt(match ask {
                    Ask::Login | Ask::LoginAnew => CoreAuthPrompt::Login,
                    Ask::SelectAccount => CoreAuthPrompt::SelectAccount,
                });
            if ask == Ask::LoginAnew {
                request = request.set_max_age(std::time::Duration::ZERO);
            }
            Ok::<_, OpenIdError>(request.url().0)
        };
        observed_as("sign_on_begin", "authorization", begin, OpenIdError::code).await
    }

    /// Exchanges the code for the identity of the person. The caller has compared the state. `issuer` is the redirect's `iss`;
    /// `fresh_since` demands a login at the identity provider since then, by its own clock and give or take five seconds.
    ///
    /// # Errors
    /// [`OpenIdError`].
    pub async fn finish(
        &self,
        code: &SecretString,
        issuer: Option<&str>,
        secrets: &Secrets,
        redirect: &Url,
        fresh_since: Option<DateTime<Utc>>,
    ) -> Result<Identity, OpenIdError> {
        let finish = async {
            let metadata = self.metadata().await?;
            let says_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
            if issuer.map_or(says_issuer, |issuer| issuer != self.registration.issuer) {
                return Err(OpenIdError::Untrusted("the redirect is of another issuer"));
            }
            let client = client(&metadata, &self.registration);
            let exchange = client
                .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
                .map_err(|_| OpenIdError::Malformed("its configuration names no token endpoint"))?;
            let tokens = exchange
                .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect.clone())))
                .set_pkce_verifier(verifier(secrets))
                .request_async(&self.http)
                .await?;
            self.identify(&tokens, Demand { nonce: Some(&secrets.nonce), fresh_since }).await
        };
        observed_as("sign_on_finish", "token", finish, OpenIdError::code).await
    }
}

fn verifier(secrets: &Secrets) -> PkceCodeVerifier {
    PkceCodeVerifier::new(secrets.verifier.expose_secret().to_owned())
}
