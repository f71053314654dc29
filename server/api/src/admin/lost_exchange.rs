//! Authorization codes whose token response was lost.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ConnectorId, LinkSessionId, TenantId};

/// A link session whose code was sent to the provider and whose token response was lost. The provider may have created a grant that nobody holds. Only the user can end it, in the provider's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostExchange {
    /// The session; its tenant's audit log contains the cause.
    pub link_session_id: LinkSessionId,
    /// The tenant that the session belongs to.
    pub tenant_id: TenantId,
    /// The tenant's short name.
    pub tenant: String,
    /// The connector of the session.
    pub connector_id: ConnectorId,
    /// The tenant's own name for its user.
    pub external_user_id: String,
    /// `answer_lost`: no response arrived, or an unusable one. `interrupted`: the process that sent the request ended first.
    pub reason: String,
    /// When the session was created.
    pub created_at: DateTime<Utc>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<DateTime<Utc>>,
}
