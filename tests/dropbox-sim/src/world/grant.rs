//! Codes, grants and the tokens that hang from them: a grant dies as a whole.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Scopes;
use crate::secret::Secret;

/// Whether tokens themselves are shown: for leak tests alone, which look for them elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reveal {
    /// Fingerprints nowhere, tokens nowhere.
    No,
    /// Every token of the grant.
    Tokens,
}

/// An authorization code, not yet spent.
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
}

/// A PKCE challenge (RFC 7636 §4.2).
#[derive(Debug, Clone)]
pub(crate) enum Challenge {
    S256(String),
    Plain(String),
}

/// What a user has allowed an app.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) id: u64,
    pub(crate) app_key: String,
    pub(crate) account_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) access_type: AccessType,
    /// The code was exchanged without a secret, so refreshing needs none.
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
    /// None: long-lived.
    pub(super) expires_at: Option<DateTime<Utc>>,
}

/// A grant as tests and the control API see it. The tokens are left out unless asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantView {
    /// Number of the grant, from 1.
    pub id: u64,
    /// Whose app.
    pub app_key: String,
    /// Whose account.
    pub account_id: String,
    /// False after a revoke or disconnect.
    pub alive: bool,
    /// Granted scopes, separated by spaces.
    pub scopes: String,
    /// `online`, `offline` or `legacy`.
    pub token_access_type: String,
    /// When the code was exchanged.
    pub created_at: DateTime<Utc>,
    /// Access tokens issued, the first included.
    pub access_tokens_issued: usize,
    /// Successful refreshes.
    pub refreshes: u64,
    /// The tokens, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokensView>,
}

/// The tokens of a grant, for tests that look for leaks.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokensView {
    /// With offline access only.
    pub refresh_token: Option<String>,
    /// Every one issued, oldest first, dead and expired ones too.
    pub access_tokens: Vec<String>,
}

impl std::fmt::Debug for TokensView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokensView({} access tokens)", self.access_tokens.len())
    }
}

/// A new access token and how long it lives in seconds (None: for good).
pub(crate) struct Issued {
    pub(crate) access_token: Secret,
    pub(crate) expires_in: Option<i64>,
}
