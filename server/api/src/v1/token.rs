//! Access tokens for tenant apps.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, ConnectorId, Problem};

/// Body of `POST /v1/accounts/{id}/token`; optional.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
    /// Some of the account's scopes, for a token limited to them; all scopes if omitted. A scope that the account does not have is `invalid_field`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Puts a link session into the response if the user must link again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink: Option<Relink>,
}

/// Describes the link session that a `needs_reauth` response contains as its member `link_session`. The API key also needs the permission `link`. If no session could be created, the member `link_session_error` says why.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relink {
    /// Where the browser is redirected back to; origin and path must be registered with the connector.
    pub return_url: String,
    /// The SHA-256 of a verifier, as for `POST /v1/link-sessions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_challenge: Option<String>,
}

/// Body of `POST /v1/accounts/{id}/token/refresh`; optional.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForceRefresh {
    /// The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
}

/// Body of `POST /v1/users/{external_user_id}/token`; optional.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserTokenRequest {
    /// Only accounts of this connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
    /// Some of the account's scopes, for a token limited to them; all scopes if omitted. A scope that the account does not have is `invalid_field`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Puts a link session into the response if the user must link again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink: Option<Relink>,
}

/// Body of `POST /v1/tokens`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokensRequest {
    /// 1 to 100 accounts.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub account_ids: Vec<AccountId>,
    /// The minimum remaining lifetime of each token in seconds: 0 to 3,600; 300 if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
}

/// Response of `POST /v1/tokens`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// One outcome per account, in the order of the request.
    pub items: Vec<TokenOutcome>,
}

/// The outcome for one account: a token or a problem.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenOutcome {
    /// The account.
    pub account_id: AccountId,
    /// The token, unless there is a problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    /// Why there is no token, exactly as the call for this one account would have reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The token of an account that works now, in the form of the protocol by which the account was linked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Token {
    /// OAuth 2.
    Bearer(AccessToken),
    /// OAuth 1.0 or 1.0a.
    OAuth1(OAuth1Token),
}

impl Token {
    /// When the provider stops accepting it. None if it has no expiry.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Bearer(token) => token.expires_at,
            Self::OAuth1(_) => None,
        }
    }

    /// Whether a refresh was due but failed.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        matches!(self, Self::Bearer(token) if token.degraded)
    }
}

/// An access token of OAuth 1.0 or 1.0a that works now. It is valid until somebody ends the link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OAuth1Token {
    /// Sent with each request. Do not store it; request it again instead.
    pub oauth_token: String,
    /// Signs requests, together with the app secret, and is never sent.
    pub oauth_token_secret: String,
    /// The account.
    pub account_id: AccountId,
    /// The provider's id of the account.
    pub provider_account_id: String,
}

impl std::fmt::Debug for OAuth1Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth1Token").field("account_id", &self.account_id).finish_non_exhaustive()
    }
}

/// An access token that works now.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// Send it to the provider as `Authorization: Bearer`. Do not store it; request it again instead.
    pub access_token: String,
    /// `bearer`.
    pub token_type: String,
    /// When the provider stops accepting it. Absent if the token has no expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The scopes of the token.
    pub scopes: Vec<String>,
    /// The account.
    pub account_id: AccountId,
    /// The provider's id of the account.
    pub provider_account_id: String,
    /// Present and true if a refresh was due but failed. The token is valid, but for less time than requested.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken")
            .field("account_id", &self.account_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
