//! Request tokens, access tokens and nonces of OAuth 1.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::{oauth1::Dialect, secret::Secret};

/// A request token that is not exchanged yet (RFC 5849: temporary credentials).
#[derive(Debug, Clone)]
pub(super) struct RequestToken {
    pub(super) app_key: String,
    pub(super) dialect: Dialect,
    pub(super) secret: Secret,
    /// Signed where the token was asked for: 1.0a only. `None` stands for `oob`.
    pub(super) callback: Option<String>,
    pub(super) verifier: Option<Secret>,
    /// The account whose user has approved.
    pub(super) approved_by: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
}

/// An access token, which does not expire; it ends with its grant.
#[derive(Debug, Clone)]
pub(super) struct OAuth1Token {
    pub(super) grant: u64,
    pub(super) dialect: Dialect,
    pub(super) secret: Secret,
}

/// A request as a nonce tells it from others: app key, token, timestamp and nonce (RFC 5849 §3.3).
type Seen = (String, String, i64, String);

/// All that OAuth 1 needs.
#[derive(Debug, Default)]
pub(in crate::world) struct OAuth1State {
    pub(super) request_tokens: HashMap<Secret, RequestToken>,
    pub(super) access: HashMap<Secret, OAuth1Token>,
    pub(super) seen: HashSet<Seen>,
}

impl OAuth1State {
    pub(in crate::world) fn forget(&mut self) {
        *self = Self::default();
    }
}
