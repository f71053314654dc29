//! The protocols that a connector can speak with its provider.

use std::sync::Arc;

use crate::{
    BadReturn, Returned,
    oauth1::{self, Dialect, ServiceConfig},
    oauth2,
};

/// The name of Dropbox.
pub const DROPBOX: &str = "Dropbox";

/// How a connector links accounts. Every call of [`Provider`](crate::Provider) goes to the code of the protocol that the
/// app's credentials name.
#[derive(Debug, Clone)]
pub enum Protocol {
    /// OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), as [`dropbox`](crate::dropbox) speaks it.
    OAuth2,
    /// The same, with the simulator of Dropbox: a connector of a sandbox.
    Sandbox,
    /// OAuth 1.0 or OAuth 1.0a (RFC 5849), with the service that the connector names.
    OAuth1(Arc<ServiceConfig>),
}

impl Protocol {
    /// The provider's name as end users know it: "Dropbox", or the host of the page where they approve.
    #[must_use]
    pub fn provider_name(&self) -> &str {
        match self {
            Self::OAuth2 | Self::Sandbox => DROPBOX,
            Self::OAuth1(config) => match config.endpoints.authorize.host_str() {
                Some("www.dropbox.com") => DROPBOX,
                Some(host) => host,
                None => config.endpoints.authorize.as_str(),
            },
        }
    }

    /// Whether a link ends when its approval arrives in another browser than the one that began it.
    ///
    /// In OAuth 1.0 nothing that only the provider knows comes back with an approval, so whoever began a link can make up the
    /// approval of somebody else. The arrival of that person's browser is the sign that the request token must not be used.
    #[must_use]
    pub fn ends_in_a_foreign_browser(&self) -> bool {
        matches!(self, Self::OAuth1(config) if config.dialect == Dialect::OAuth1)
    }

    /// Whether a link begins with a signed call, so that its success says that the provider accepts the app's key and secret.
    #[must_use]
    pub fn begins_with_a_call(&self) -> bool {
        matches!(self, Self::OAuth1(_))
    }

    /// Parses the query with which the provider sends the browser back. The parameter `state` is Bowline's own and ignored.
    ///
    /// # Errors
    /// [`BadReturn`] if the query is not a response of this protocol.
    pub fn read_return(&self, query: &str) -> Result<Returned, BadReturn> {
        match self {
            Self::OAuth2 | Self::Sandbox => oauth2::read_return(query),
            Self::OAuth1(config) => oauth1::read_return(config.dialect, query),
        }
    }
}
