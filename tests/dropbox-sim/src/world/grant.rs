//! Codes, grants and tokens. A grant ends together with all its tokens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Scopes;
use crate::secret::Secret;

/// Whether tokens are revealed. Only leak tests need them, to search for them elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reveal {
    /// Neither fingerprints nor tokens.
    No,
    /// All tokens of the grant.
    Tokens,
}

/// An authorization code that is not consumed yet.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) app_key: String,
    pub(crate) account_id: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) access_type: AccessType,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// `token_access_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccessType {
    Online,
    Offline,
    Legacy,
    /// An OAuth 1 token, which does not expire.
    OAuth1,
    OAuth1a,
}

/// A PKCE challenge (RFC 7636 §4.2).
#[derive(Debug, Clone)]
pub(crate) enum Challenge {
    S256(String),
    Plain(String),
}

/// The access that a user has granted to an app.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) id: u64,
    pub(crate) app_key: String,
    pub(crate) account_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) access_type: AccessType,
    /// The code was exchanged without a secret, so refreshing needs no secret either.
    pub(crate) public: bool,
    pub(crate) alive: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(super) refreshes: u64,
    pub(super) refresh_token: Option<Secret>,
    pub(super) access_tokens: Vec<Secret>,
}

#[derive(Debug)]
pub(super) struct AccessToken {
    pub(super) grant: u64,
    pub(super) scopes: Scopes,
    /// `None`: long-lived.
    pub(super) expires_at: Option<DateTime<Utc>>,
}

/// A grant as tests and the control API see it. Its tokens are included only on request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantView {
    /// The number of the grant, from 1.
    pub id: u64,
    /// The app's key.
    pub app_key: String,
    /// The account's id.
    pub account_id: String,
    /// False after a revocation or a disconnect.
    pub alive: bool,
    /// The granted scopes, separated by spaces.
    pub scopes: String,
    /// `online`, `offline` or `legacy`; `oauth1` or `oauth1a` for a grant of that protocol.
    pub token_access_type: String,
    /// When the code was exchanged.
    pub created_at: DateTime<Utc>,
    /// The number of access tokens issued, including the first.
    pub access_tokens_issued: usize,
    /// The number of successful refreshes.
    pub refreshes: u64,
    /// The tokens, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokensView>,
}

/// The tokens of a grant, for leak tests.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokensView {
    /// The refresh token, which exists only with offline access.
    pub refresh_token: Option<String>,
    /// All access tokens issued, oldest first, including expired and revoked ones.
    pub access_tokens: Vec<String>,
}

impl std::fmt::Debug for TokensView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokensView({} access tokens)", self.access_tokens.len())
    }
}

/// A new access token and its lifetime in seconds (`None`: unlimited).
pub(crate) struct Issued {
    pub(crate) access_token: Secret,
    pub(crate) expires_in: Option<i64>,
}
