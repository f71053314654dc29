//! What operators prove with that it is them, in calls that ask for it again.

use serde::{Deserialize, Serialize};

/// With this, operators prove again that it is them. It is the whole body of some calls, and the member `proof` of others.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProvePassword {
    /// Your own password.
    pub password: String,
    /// A one-time code or a recovery code, if you log in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Debug for ProvePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProvePassword").finish_non_exhaustive()
    }
}
