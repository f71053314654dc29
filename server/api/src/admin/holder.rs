//! The API keys that have received a token of an account. The token itself is never shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ApiKey;
use crate::AccountId;

/// Response of `GET /admin/v1/accounts/{id}/token-holders`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenHolders {
    /// The account.
    pub account_id: AccountId,
    /// The token's generation; absent if no API key has ever received a token of this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Whether this is the token that the account has now. If not, the provider may still accept it until it expires.
    pub current: bool,
    /// Eight hex digits that distinguish this token from others, as in the account's `token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The keys that have received it, the last issue first: at most 200.
    pub items: Vec<TokenHolder>,
    /// Whether there are more keys than `items` has.
    pub more: bool,
}

/// An API key that has received a token. Tokens with fewer scopes count as the token that they were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenHolder {
    /// The key, with what it may do, and whether it has been revoked since.
    pub api_key: ApiKey,
    /// When the key received the token for the first time. This is recorded before the token is sent.
    pub first_issued_at: DateTime<Utc>,
    /// When the key received it last. Up to two seconds late.
    pub last_issued_at: DateTime<Utc>,
    /// How often the key has received it. Up to two seconds late.
    pub issues: u64,
    /// Whether `issues` and `last_issued_at` may be up to ten minutes late, because the key receives very many tokens.
    pub approximate: bool,
}
