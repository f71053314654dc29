//! The protocols that a connector can speak with its provider.

use std::sync::Arc;

use crate::{
    BadReturn, Returned,
    oauth1::{self, ServiceConfig},
    oauth2,
};

/// How a connector links accounts. Every call of [`Provider`](crate::Provider) goes to the code of the protocol that the
/// app's credentials name.
#[derive(Debug, Clone)]
pub enum Protocol {
    /// OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), as [`dropbox`](crate::dropbox) speaks it.
    OAuth2,
    /// OAuth 1.0 or OAuth 1.0a (RFC 5849), with the service that the connector names.
    OAuth1(Arc<ServiceConfig>),
}

impl Protocol {
    /// The provider's name as end users know it. A service of OAuth 1 that is not Dropbox has none yet.
    #[must_use]
    pub fn provider_name(&self) -> &'static str {
        match self {
            Self::OAuth2 => "Dropbox",
            Self::OAuth1(config) => match config.endpoints.authorize.host_str() {
                Some("www.dropbox.com") => "Dropbox",
                _ => "the provider",
            },
        }
    }

    /// Parses the query with which the provider sends the browser back. The parameter `state` is Bowline's own and ignored.
    ///
    /// # Errors
    /// [`BadReturn`] if the query is not a response of this protocol.
    pub fn read_return(&self, query: &str) -> Result<Returned, BadReturn> {
        match self {
            Self::OAuth2 => oauth2::read_return(query),
            Self::OAuth1(config) => oauth1::read_return(config.dialect, query),
        }
    }
}
