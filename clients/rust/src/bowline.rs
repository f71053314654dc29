//! The client: what an app does with its users' links.

use std::sync::Arc;
use std::time::Duration;

use bowline_api::v1::{CreateLinkSession, CreateManageSession};
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Url};
use zeroize::Zeroizing;

use crate::links::{Found, read};
use crate::outcome::{not_linked, standing};
use crate::{Begun, Calls, Error, Links, Outcome, Retries, Returned, random, tls};

/// A call may wait for a change for 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(40);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Bowline for one tenant. Keep one for the whole process; a clone is the same one.
#[derive(Debug, Clone)]
pub struct Bowline {
    calls: Arc<Calls>,
}

impl Bowline {
    /// A client of the Bowline at this address, with an API key of your back end.
    pub fn new(url: &str, api_key: &str) -> Result<Self, Error> {
        Self::builder(url, api_key).build()
    }

    /// A client with the variables `BOWLINE_URL` and `BOWLINE_API_KEY`.
    pub fn from_env() -> Result<Self, Error> {
        let read = |name| {
            std::env::var(name).map(Zeroizing::new).map_err(|_| Error::Setup(format!("{name} is not set")))
        };
        Self::new(&read("BOWLINE_URL")?, &read("BOWLINE_API_KEY")?)
    }

    /// A client with options.
    pub fn builder(url: &str, api_key: &str) -> Builder {
        Builder {
            url: url.to_owned(),
            api_key: Zeroizing::new(api_key.to_owned()),
            retries: Retries::default(),
            http: None,
        }
    }

    /// All calls of the API, with the same retries and errors.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Begins a link for `user`, your own name for the user who is signed in: redirect the browser to its `url`.
    ///
    /// Store `links` in the user's session at your app afterwards; [`finish`](Self::finish) needs them. The cookie of the
    /// session needs `SameSite=Lax`. `return_url` is as it is registered with the connector.
    pub async fn begin(&self, user: &str, return_url: &str, links: &mut Links) -> Result<Begun, Error> {
        self.begin_with(CreateLinkSession::new(user, return_url), links).await
    }

    /// [`begin`](Self::begin) with options, such as an `account_id` to link that account again. The challenge of `wanted` is replaced.
    pub async fn begin_with(&self, mut wanted: CreateLinkSession, links: &mut Links) -> Result<Begun, Error> {
        let verifier = random::verifier()?;
        wanted.completion_challenge = Some(random::challenge(&verifier));
        let new = self.calls.link_sessions_create(&wanted).await?;
        links.keep(new.id.to_string(), wanted.external_user_id, verifier);
        Ok(Begun { id: new.id.to_string(), url: new.url, expires_at: new.expires_at })
    }

    /// Opens the page on which `user` sees and ends their links: redirect the browser to its `url` with status 303.
    ///
    /// The way back is the one of links, so [`finish`](Self::finish) serves both, and `links` are to be stored here as well.
    pub async fn manage(&self, user: &str, return_url: &str, links: &mut Links) -> Result<Begun, Error> {
        self.manage_with(CreateManageSession::new(user, return_url), links).await
    }

    /// [`manage`](Self::manage) with options. The challenge of `wanted` is replaced.
    pub async fn manage_with(
        &self,
        mut wanted: CreateManageSession,
        links: &mut Links,
    ) -> Result<Begun, Error> {
        let verifier = random::verifier()?;
        wanted.completion_challenge = Some(random::challenge(&verifier));
        let new = self.calls.manage_sessions_create(&wanted).await?;
        links.keep(new.id.to_string(), wanted.external_user_id, verifier);
        Ok(Begun { id: new.id.to_string(), url: new.url, expires_at: new.expires_at })
    }

    /// What became of the link with which the browser comes to your return URL.
    ///
    /// `user` is who is signed in now, `returned` are the parameters of the request, `links` come from the user's session. A
    /// link that this session did not begin for this user is never completed. The call may be repeated: a browser may come
    /// back twice.
    ///
    /// # Errors
    /// Nothing is decided yet; the user may load the page again.
    pub async fn finish(&self, user: &str, returned: &Returned, links: &Links) -> Result<Outcome, Error> {
        match read(user, returned, links) {
            Found::NotLinked(why) => Ok(Outcome::NotLinked(why)),
            Found::Approval(link, proof) => match self.calls.link_sessions_complete(link, &proof).await {
                Ok(account) => Ok(Outcome::Linked(Box::new(account))),
                Err(error) => not_linked(error).map(Outcome::NotLinked),
            },
            Found::Unknown(link) => {
                let shown = self.calls.link_sessions_show(link, &crate::Wait::default()).await?;
                match standing(&shown, user) {
                    Ok(account) => Ok(Outcome::Linked(Box::new(self.calls.accounts_show(account).await?))),
                    Err(why) => Ok(Outcome::NotLinked(why)),
                }
            }
        }
    }
}

/// Changes how connections are made.
type Adapt = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder>;

/// A client in the making.
pub struct Builder {
    url: String,
    api_key: Zeroizing<String>,
    retries: Retries,
    http: Option<Adapt>,
}

impl Builder {
    /// Repeats calls like this.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Changes how connections are made, such as `|http| http.no_proxy()`. Without it, the environment's proxies and the
    /// system's certificates are used; a call may take 40 seconds, and a connection five.
    #[must_use]
    pub fn http(mut self, adapt: impl FnOnce(ClientBuilder) -> ClientBuilder + 'static) -> Self {
        self.http = Some(Box::new(adapt));
        self
    }

    /// The client. Nothing is sent yet.
    pub fn build(self) -> Result<Bowline, Error> {
        let base = base(&self.url)?;
        let not_a_key = |_| Error::Setup("the API key contains what no header can contain".to_owned());
        let mut key = HeaderValue::try_from(format!("Bearer {}", *self.api_key)).map_err(not_a_key)?;
        key.set_sensitive(true);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config()?)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .user_agent(concat!("bowline-client-rust/", env!("CARGO_PKG_VERSION")));
        let http = match self.http {
            Some(adapt) => adapt(http),
            None => http,
        };
        // The key is for Bowline alone, so no redirect is followed.
        let http = http.redirect(Policy::none()).build();
        let http = http.map_err(|e| Error::Setup(format!("no HTTP client can be made: {e}")))?;
        Ok(Bowline { calls: Arc::new(Calls { http, base, key, retries: self.retries }) })
    }
}

/// Bowline's address without a slash at its end.
fn base(url: &str) -> Result<String, Error> {
    let is_address = Url::parse(url).is_ok_and(|url| {
        ["http", "https"].contains(&url.scheme()) && url.query().is_none() && url.fragment().is_none()
    });
    if is_address {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Err(Error::Setup(format!("{url:?} is not the address of a Bowline, such as https://link.example.com")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_address_and_a_wrong_key_are_told_at_once() {
        for wrong in ["", "link.example.com", "ftp://link.example.com", "https://x.example/?a=b"] {
            let told = Bowline::new(wrong, "key").unwrap_err().to_string();
            assert!(told.contains("is not the address of a Bowline"), "{told}");
        }
        let told = Bowline::new("https://link.example.com", "key\n").unwrap_err().to_string();
        assert!(told.contains("API key") && !told.contains("key\n"), "{told}");
        assert_eq!(base("https://link.example.com/at/").unwrap(), "https://link.example.com/at");
        let shown = format!("{:?}", Bowline::new("https://link.example.com", "bwl_sk_secret").unwrap());
        assert!(shown.contains("link.example.com") && !shown.contains("bwl_sk_secret"), "{shown}");
    }
}
