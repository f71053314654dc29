//! Errors on the wire: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// Why a request failed, in a form that both programs and people can use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:bowline:problem:` followed by the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short summary that is the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable code for programs, such as `needs_reauth`.
    pub code: String,
    /// What happened in this case, and what to do about it.
    pub detail: String,
    /// Quote this id when asking for help; the server's log contains it.
    pub request_id: String,
    /// Additional members that depend on the code, such as `account_ids` of `ambiguous_account`.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}
