//! Errors on the wire: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// Why a request failed, in a form that a program and a person can both use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:bowline:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A few words that are the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable; what a program decides by, such as `needs_reauth`.
    pub code: String,
    /// What happened here and what to do about it.
    pub detail: String,
    /// Quote it when asking for help; it stands in the server's log.
    pub request_id: String,
    /// More facts of this code, such as `account_ids` of `ambiguous_account`.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}
