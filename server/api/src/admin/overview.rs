//! The service at a glance.

use serde::{Deserialize, Serialize};

use crate::page::Total;
use crate::status::AccountStatus;

/// Answer to `GET /admin/v1/overview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Accounts by their status, every status once.
    pub accounts: Vec<StatusCount>,
}

/// How many accounts have a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    /// The status.
    pub status: AccountStatus,
    /// How many have it.
    pub total: Total,
}
