//! The client of one identity provider.

use openidconnect::Scope;
use tokio::sync::Mutex;

use super::known::Known;
use super::registration::Registration;
use crate::HttpClient;

/// The client of one identity provider. Nothing is fetched before the first login.
#[derive(Debug)]
pub struct OpenId {
    pub(super) http: HttpClient,
    pub(super) registration: Registration,
    pub(super) known: Known,
    /// Held by the one who fetches the configuration and the keys.
    pub(super) fetching: Mutex<()>,
}

impl OpenId {
    /// A client with this registration.
    #[must_use]
    pub fn new(http: HttpClient, registration: Registration) -> Self {
        Self { http, registration, known: Known::default(), fetching: Mutex::default() }
    }

    /// The configured issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// The scopes besides `openid`, which the library adds.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let asked = self.registration.scopes.iter().filter(|scope| *scope != "openid");
        asked.map(|scope| Scope::new(scope.clone())).collect()
    }
}
