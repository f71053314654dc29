//! The seam: what a service asks of a provider, whichever protocol the connector speaks.

use secrecy::SecretString;

use crate::{
    AppCredentials, Begun, Failure, Grant, LinkRequest, Profile, Protocol, RefreshedToken, Revoked,
    dropbox::Dropbox,
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
    #[expect(
        clippy::unused_async,
        reason = "a protocol may have to ask its provider before the browser goes there"
    )]
    pub async fn begin(&self, app: &AppCredentials, link: &LinkRequest<'_>) -> Result<Begun, Failure> {
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.begin(app, link),
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
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.exchange_code(app, approval, parked, callback_url).await,
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
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.current_account(access_token).await.map(Into::into),
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
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.refresh(app, refresh_token).await,
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
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.refresh_narrowed(app, refresh_token, scopes).await,
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
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.end_grant(app, access_token, refresh_token).await,
        }
    }

    /// Whether the provider takes an access token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check(&self, app: &AppCredentials, access_token: &SecretString) -> Result<(), Failure> {
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.check_user(access_token).await,
        }
    }

    /// Whether the provider takes the app's key and secret.
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if it does not.
    pub async fn check_app(&self, app: &AppCredentials) -> Result<(), Failure> {
        match app.protocol {
            Protocol::OAuth2 => self.dropbox.check_app(app).await,
        }
    }
}
