//! The filter of operators' lists of audit events.

use bowline_api::OperatorId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// The logs that a list reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum AuditLog {
    /// The log of one tenant; of the service itself if the id is nil.
    Chain(Uuid),
    /// The audit logs of these tenants.
    Tenants(Vec<Uuid>),
    /// All of them.
    All,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum AuditActor {
    /// An operator or an API key, by its id on the wire.
    Id(String),
    /// Any actor of this kind in the audit log.
    Kind(String),
}

impl From<OperatorId> for AuditActor {
    fn from(id: OperatorId) -> Self {
        Self::Id(id.to_string())
    }
}

/// Selects the events of a list. Cursors are bound to it.
#[derive(Debug, Clone, Serialize)]
pub struct AuditFilter {
    /// Where to look.
    pub log: AuditLog,
    /// Only events that they caused.
    pub actor: Option<AuditActor>,
    /// Only events with one of these actions; all of them if it is empty.
    pub actions: Vec<&'static str>,
    /// Only events about this.
    pub subject: Option<String>,
    /// Only events from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time.
    pub until: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// Whether the list is one log in its own order, of everything or of one subject.
    pub fn is_plain(&self) -> bool {
        matches!(self.log, AuditLog::Chain(_))
            && self.actor.is_none()
            && self.actions.is_empty()
            && self.since.is_none()
            && self.until.is_none()
    }
}
