//! An overview of the service.

use serde::{Deserialize, Serialize};

use crate::page::Total;
use crate::status::AccountStatus;

/// Response of `GET /admin/v1/overview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// The number of accounts per status; every status occurs once.
    pub accounts: Vec<StatusCount>,
}

/// The number of accounts with one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    /// The status.
    pub status: AccountStatus,
    /// The number of accounts that have it.
    pub total: Total,
}
