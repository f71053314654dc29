//! The append-only audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::AuditFinding;
use crate::{EventId, Named, TenantId};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// Identifies the event.
    pub id: EventId,
    /// The tenant whose log it is; absent in the log of the service itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// Position in its log, from 1 without gaps.
    pub sequence: i64,
    /// The time of the event, by the database's clock.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What was done, such as `account.revoked`; `docs/audit-events.md` lists all actions.
    pub action: String,
    /// What it was done to: an id as used in the API, such as `acct_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Additional facts, such as the reason; never a secret.
    pub detail: serde_json::Map<String, serde_json::Value>,
}

/// The person or program that did something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// The kind of actor: `operator`, `api_key`, `end_user`, `system` or `command_line`.
    pub kind: String,
    /// An id as used in the API, such as `op_…`, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name at the time of the event, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Response of `GET /admin/v1/audit/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerification {
    /// The number of entries checked.
    pub checked: u64,
    /// Whether the chain is intact from the first entry to the last.
    pub intact: bool,
    /// The `sequence` of the first entry at which the chain is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    /// What is wrong with that entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AuditFinding>))]
    pub finding: Option<Named<AuditFinding>>,
}
