//! Fresh access tokens for tenant apps.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, ConnectorId, Problem};

/// Body of `POST /v1/accounts/{id}/token`; may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Seconds that the token must still live: 0 to 3,600, 300 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
    /// Some of the account's scopes, for a token that can do no more than these; all of them if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// If the user must link again, make the link session for it along with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink: Option<Relink>,
}

/// What a link session is to be like that comes with the answer `needs_reauth`, in its member `link_session`. The API key needs
/// the permission `link`, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relink {
    /// Where the browser comes back to; origin and path must be registered with the connector.
    pub return_url: String,
    /// As of `POST /v1/link-sessions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_challenge: Option<String>,
}

/// Body of `POST /v1/accounts/{id}/token/refresh`; may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForceRefresh {
    /// Seconds that the token must still live: 0 to 3,600, 300 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
}

/// Body of `POST /v1/users/{external_user_id}/token`; may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserTokenRequest {
    /// Only accounts of this connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// Seconds that the token must still live: 0 to 3,600, 300 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
    /// Some of the account's scopes, for a token that can do no more than these; all of them if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// If the user must link again, make the link session for it along with the answer.
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
    /// Seconds that each token must still live: 0 to 3,600, 300 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u32>,
}

/// Answer to `POST /v1/tokens`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// One outcome for each account, in the order in which they were asked for.
    pub items: Vec<TokenOutcome>,
}

/// What became of one account: a token or a problem.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenOutcome {
    /// The account.
    pub account_id: AccountId,
    /// Its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<AccessToken>,
    /// Why there is none; as the call for this one account would have said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// An access token that works now.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// Send it as `Authorization: Bearer` to the provider. Do not store it: ask again.
    pub access_token: String,
    /// `bearer`.
    pub token_type: String,
    /// When the provider stops to accept it. Left out if it does so only once somebody ends the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Scopes that it has.
    pub scopes: Vec<String>,
    /// The account.
    pub account_id: AccountId,
    /// The provider's id of the account.
    pub provider_account_id: String,
    /// Present and true if a refresh was due and failed: the token lives, but shorter than asked for.
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
