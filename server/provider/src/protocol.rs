//! The protocols that a connector can speak with its provider.

use crate::{BadReturn, Returned, oauth2};

/// How a connector links accounts. Every call of [`Provider`](crate::Provider) goes to the code of the protocol that the
/// app's credentials name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), as [`dropbox`](crate::dropbox) speaks it.
    OAuth2,
}

impl Protocol {
    /// The provider's own name, such as end users know it.
    #[must_use]
    pub const fn provider_name(self) -> &'static str {
        match self {
            Self::OAuth2 => "Dropbox",
        }
    }

    /// Reads the query with which the provider sends the browser back. The parameter `state` is Bowline's own and is not read.
    ///
    /// # Errors
    /// [`BadReturn`] if the query is not an answer of this protocol.
    pub fn read_return(self, query: &str) -> Result<Returned, BadReturn> {
        match self {
            Self::OAuth2 => oauth2::read_return(query),
        }
    }
}
