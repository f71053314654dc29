//! The protocols that a connector can speak with its provider.

use std::{fmt, str::FromStr};

/// How accounts are linked; it decides which module of this crate a connector goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// OAuth 2.0 (RFC 6749) with PKCE (RFC 7636): [`oauth2`](crate::oauth2).
    OAuth2,
    /// OAuth 1.0 of 2007, with the callback on the authorize address.
    OAuth1,
    /// OAuth 1.0a (RFC 5849), with a signed callback and a verifier.
    OAuth1a,
}

impl Protocol {
    /// The name in configuration, database and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OAuth2 => "oauth2",
            Self::OAuth1 => "oauth1",
            Self::OAuth1a => "oauth1a",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no protocol's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the protocol must be oauth2, oauth1 or oauth1a")]
pub struct UnknownProtocol;

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    fn from_str(name: &str) -> Result<Self, UnknownProtocol> {
        [Self::OAuth2, Self::OAuth1, Self::OAuth1a]
            .into_iter()
            .find(|protocol| protocol.as_str() == name)
            .ok_or(UnknownProtocol)
    }
}
