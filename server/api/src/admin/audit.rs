//! The append-only log of who did what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::AuditFinding;
use crate::{EventId, TenantId};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// Names the event.
    pub id: EventId,
    /// Whose log; absent in the log of the service itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// Place in its log, from 1 without gaps.
    pub sequence: i64,
    /// When, by the database's clock.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What, such as `account.revoked`.
    pub action: String,
    /// To what: an id on the wire, such as `acct_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// More facts, such as the reason given; never a secret.
    pub detail: serde_json::Map<String, serde_json::Value>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// `operator`, `api_key`, `end_user`, `system` or `command_line`.
    pub kind: String,
    /// An id on the wire, such as `op_…`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name at the time, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Answer to `GET /admin/v1/audit/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerification {
    /// Entries looked at.
    pub checked: u64,
    /// Whether the chain holds from the first entry to the last.
    pub intact: bool,
    /// The first place where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    /// What is wrong there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<AuditFinding>,
}
