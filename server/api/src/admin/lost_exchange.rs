//! Codes whose answer was lost after they had been sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ConnectorId, LinkSessionId, TenantId};

/// A link session whose code was sent to the provider and whose answer was lost: a grant may live there that nobody holds, and that
/// only the user can end, in the provider's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostExchange {
    /// The session; its tenant's log has the cause.
    pub link_session_id: LinkSessionId,
    /// Whose.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// Through which connector.
    pub connector_id: ConnectorId,
    /// For whom, in the tenant's words.
    pub external_user_id: String,
    /// `answer_lost`: none came, or one of no use. `interrupted`: the process that had asked ended first.
    pub reason: String,
    /// When the session was made.
    pub created_at: DateTime<Utc>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<DateTime<Utc>>,
}
