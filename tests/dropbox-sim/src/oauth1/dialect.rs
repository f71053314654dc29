//! The two protocols that are called OAuth 1, with their pages and their ways to answer.

use serde_json::json;

use super::escape::escape;
use crate::reply::Reply;

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// OAuth 1.0, as Dropbox's API v1 spoke it below `/1/`.
    OAuth1,
    /// OAuth 1.0a, as other services speak it.
    OAuth1a,
}

impl Dialect {
    /// The path of the page where the user approves.
    pub(crate) const fn authorize_path(self) -> &'static str {
        match self {
            Self::OAuth1 => "/1/oauth/authorize",
            Self::OAuth1a => "/oauth/authorize",
        }
    }

    /// A refusal: JSON at Dropbox, plain text elsewhere.
    pub(crate) fn refuse(self, status: u16, text: &str) -> Reply {
        match self {
            Self::OAuth1 => Reply::json(status, &json!({ "error": text })),
            Self::OAuth1a => Reply::new(status, "text/plain; charset=utf-8", text),
        }
    }

    /// Tokens as a form body (RFC 5849 §2.1, §2.3).
    pub(crate) fn form(fields: &[(&str, &str)]) -> Reply {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        Reply::new(200, "application/x-www-form-urlencoded", pairs.join("&"))
    }

    /// A signature that does not fit. Dropbox shows what it had expected; under PLAINTEXT these are the secrets.
    pub(crate) fn bad_signature(self, expected: &str) -> Reply {
        match self {
            Self::OAuth1 => {
                self.refuse(403, &format!("Invalid signature. Expected signature base string: {expected}"))
            }
            Self::OAuth1a => self.refuse(401, "Invalid signature"),
        }
    }

    pub(crate) fn unknown_app(self) -> Reply {
        self.refuse(
            401,
            match self {
                Self::OAuth1 => {
                    "Invalid app key (consumer key). Check your app's configuration to make sure everything is correct."
                }
                Self::OAuth1a => "Invalid consumer key",
            },
        )
    }

    pub(crate) fn unknown_request_token(self) -> Reply {
        self.refuse(
            401,
            match self {
                Self::OAuth1 => "Request token not found.",
                Self::OAuth1a => "Invalid or expired request token",
            },
        )
    }

    pub(crate) fn unapproved_request_token(self) -> Reply {
        self.refuse(
            401,
            match self {
                Self::OAuth1 => "Request token has not been properly authorized by a user.",
                Self::OAuth1a => "The request token was not authorized by the user",
            },
        )
    }

    pub(crate) fn dead_access_token(self) -> Reply {
        self.refuse(
            401,
            match self {
                Self::OAuth1 => "Token is invalid.",
                Self::OAuth1a => "Invalid or expired token",
            },
        )
    }
}
