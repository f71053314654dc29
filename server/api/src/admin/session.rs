//! Sessions of operators.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Operator;
use crate::SessionId;

/// Body of `POST /admin/v1/sessions`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// Login name.
    pub name: String,
    /// The password: at most 1,024 bytes.
    pub password: String,
    /// A one-time code or a recovery code, if the operator logs in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Debug for CreateSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateSession").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Response to a login, the only time that the session's token is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// `bwl_op_…`: send it as `Authorization: Bearer`.
    pub token: String,
    /// When the session ends even if it is in use. It also ends after 15 idle minutes.
    pub expires_at: DateTime<Utc>,
    /// The operator who logged in.
    pub operator: Operator,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("expires_at", &self.expires_at)
            .field("operator", &self.operator)
            .finish_non_exhaustive()
    }
}

/// A session of an operator that has not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorSession {
    /// Identifies the session; it is no credential.
    pub id: SessionId,
    /// When the operator logged in.
    pub created_at: DateTime<Utc>,
    /// When the session was last used.
    pub last_used_at: DateTime<Utc>,
    /// When the session ends even if it is in use. It also ends when it was idle for too long.
    pub expires_at: DateTime<Utc>,
    /// The client's address at the login; omitted if an older server began the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The program that logged in, by its `User-Agent`; omitted if it sent none or an older server began the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Whether it is the session of this call.
    pub is_current: bool,
}

/// How many sessions were ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndedSessions {
    /// The number of sessions.
    pub ended_sessions: usize,
}
