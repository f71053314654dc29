//! What the routes share, and whom a request comes from.

use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use secrecy::SecretString;
use url::Url;

use super::bowline::Bowline;
use super::dropbox::Dropbox;
use super::session::{Sessions, SignedIn};

/// Registered with the connector as its return URL.
const RETURN_PATH: &str = "/linked";

/// Settings of Acme Photos.
#[derive(Debug)]
pub struct AcmeConfig {
    /// Origin of Bowline's public listener.
    pub bowline_url: Url,
    /// An API key of the tenant.
    pub api_key: SecretString,
    /// Origin of Dropbox's API, or of the simulator.
    pub dropbox_url: Url,
    /// Port on loopback; 0 chooses a free one.
    pub port: u16,
}

/// State that the routes share.
#[derive(Debug)]
pub(crate) struct Acme {
    pub(super) bowline: Bowline,
    pub(super) dropbox: Dropbox,
    pub(super) sessions: Sessions,
    /// Our own origin, known once the port is known.
    pub(super) origin: OnceLock<Url>,
}

impl Acme {
    pub(super) fn new(config: &AcmeConfig) -> anyhow::Result<Self> {
        // The process may already have installed a cryptography provider.
        let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            // The demo calls plain HTTP on loopback only; a slim machine has no certificate authorities.
            .tls_certs_only([])
            .build()
            .context("cannot set up an HTTP client")?;
        Ok(Self {
            bowline: Bowline::new(http.clone(), config.bowline_url.clone(), config.api_key.clone()),
            dropbox: Dropbox::new(http, config.dropbox_url.clone()),
            sessions: Sessions::default(),
            origin: OnceLock::new(),
        })
    }

    /// The URL to which Bowline sends the browser back; it must be registered with the connector.
    pub(super) fn return_url(&self) -> Option<Url> {
        self.origin.get()?.join(RETURN_PATH).ok()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SignedIn {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let acme = request.rocket().state::<Arc<Acme>>();
        let found = acme.and_then(|acme| acme.sessions.of(request.cookies()));
        found.map_or(Outcome::Forward(Status::Unauthorized), Outcome::Success)
    }
}
