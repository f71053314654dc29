//! Manage sessions: one visit of an end user to the page with their linked accounts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ConnectorId, ManageSessionId};

/// Body of `POST /v1/manage-sessions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateManageSession {
    /// The tenant's own name for its user, as in link sessions. The page shows the accounts of this user, of all connectors.
    pub external_user_id: String,
    /// Where the browser is returned to, with `manage_session` as a parameter: as in link sessions. Origin and path must be registered with the connector.
    pub return_url: String,
    /// The connector whose app name, branding and return URLs the page uses. The default is the tenant's default connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// The SHA-256 of a verifier, as in link sessions. If the user links an account again on the page, the link session has this challenge, and you complete it. Without it, the page offers no such link for connectors that need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_challenge: Option<String>,
    /// How the page calls the user, such as `ada@acme.example`, in place of `external_user_id`: 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// The language of the page: a language tag (BCP 47) such as `pt-BR`, of at most 35 characters. The default is the browser's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl CreateManageSession {
    /// A request with nothing but what every session needs.
    #[must_use]
    pub fn new(external_user_id: impl Into<String>, return_url: impl Into<String>) -> Self {
        Self {
            external_user_id: external_user_id.into(),
            return_url: return_url.into(),
            connector: None,
            completion_challenge: None,
            user_label: None,
            locale: None,
        }
    }
}

/// Response of `POST /v1/manage-sessions`. The `url` is a secret of the end user and shown only once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewManageSession {
    /// The session's id. The browser returns with it as `manage_session`.
    pub id: ManageSessionId,
    /// Send the end user's browser here. The URL works in the first browser that opens it.
    pub url: String,
    /// When the URL stops working if nobody opens it, ten minutes after its creation by default. Opened, it works for as long again.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewManageSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewManageSession")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
