//! Consent without a browser: the user allows or cancels what an authorize URL requests.

use crate::{
    dropbox::Dropbox,
    oauth1::Dialect,
    world::{OAuth1Authorize, Refusal},
};

/// Why a simulated consent failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// The text is not a URL with a query.
    #[error("not an authorize URL")]
    Url,
    /// Dropbox shows its own error page, and the app is not notified.
    #[error("Dropbox shows an error page: {0}")]
    Page(&'static str),
    /// There is no user with this account id or address.
    #[error("there is no such user")]
    User,
    /// There is no `redirect_uri` to redirect to.
    #[error("the app gave no redirect_uri")]
    NoRedirect,
}

impl Dropbox {
    /// Gives consent without a browser: the user `who` (address, account id or `new`) allows what `authorize_url`
    /// requests. Returns the URL to which the browser is redirected.
    pub fn approve(&self, authorize_url: &str, who: &str) -> Result<String, WalkError> {
        if let Some(ask) = self.oauth1_ask(authorize_url)? {
            let mut world = self.world();
            let account_id = world.find_user(who).ok_or(WalkError::User)?;
            return world.oauth1_approve(&ask, &account_id).map_err(|_| WalkError::NoRedirect);
        }
        let now = self.now();
        let mut world = self.world();
        let ask = match world.authorize(query_of(authorize_url)?) {
            Ok(ask) => ask,
            Err(Refusal::Page(why)) => return Err(WalkError::Page(why)),
            Err(Refusal::Redirect(url)) => return Ok(url),
        };
        let account_id = world.find_user(who).ok_or(WalkError::User)?;
        world.approve(&ask, &account_id, now).map_err(|_| WalkError::NoRedirect)
    }

    /// Declines as a user who presses Cancel.
    pub fn decline(&self, authorize_url: &str) -> Result<String, WalkError> {
        if let Some(ask) = self.oauth1_ask(authorize_url)? {
            return self.world().oauth1_decline(&ask).ok_or(WalkError::NoRedirect);
        }
        match self.world().authorize(query_of(authorize_url)?) {
            Ok(ask) => ask.decline().ok_or(WalkError::NoRedirect),
            Err(Refusal::Page(why)) => Err(WalkError::Page(why)),
            Err(Refusal::Redirect(url)) => Ok(url),
        }
    }

    /// What an authorize URL of OAuth 1 requests; `None` if the URL is one of OAuth 2.
    fn oauth1_ask(&self, authorize_url: &str) -> Result<Option<OAuth1Authorize>, WalkError> {
        let (address, query) = authorize_url.split_once('?').ok_or(WalkError::Url)?;
        // `/1/oauth/authorize` ends with the other's path, so it is looked for first.
        let Some(dialect) = [Dialect::OAuth1, Dialect::OAuth1a]
            .into_iter()
            .find(|dialect| address.ends_with(dialect.authorize_path()))
        else {
            return Ok(None);
        };
        match self.world().oauth1_authorize(dialect, query, self.now()) {
            Ok(ask) => Ok(Some(ask)),
            Err(Refusal::Page(why)) => Err(WalkError::Page(why)),
            Err(Refusal::Redirect(_)) => Err(WalkError::NoRedirect),
        }
    }
}

fn query_of(url: &str) -> Result<&str, WalkError> {
    url.split_once('?').map(|(_, query)| query).ok_or(WalkError::Url)
}
