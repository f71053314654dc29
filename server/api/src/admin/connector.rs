//! Connectors: a tenant's registrations at the provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::{Completion, ConnectorStatus, Protocol};
use crate::{ConnectorId, TenantId};

/// Body of `POST /admin/v1/tenants/{id}/connectors`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateConnector {
    /// Shown to end users as the asking app: 1 to 100 characters.
    pub name: String,
    /// The app key from the provider's console.
    pub app_key: String,
    /// The app secret from the provider's console; kept sealed and never shown.
    pub app_secret: String,
    /// Scopes to ask for; never empty.
    pub scopes: Vec<String>,
    /// Where browsers may be sent back to: exact origin and path.
    pub return_urls: Vec<String>,
    /// Who completes a link; `tenant` if left out. With `browser` a link that is forwarded links the approver's Dropbox to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// Whether our page asks before the provider does; yes if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_page: Option<bool>,
}

impl std::fmt::Debug for CreateConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateConnector")
            .field("name", &self.name)
            .field("app_key", &self.app_key)
            .finish_non_exhaustive()
    }
}

/// Body of `PUT /admin/v1/tenants/{id}/connectors/{id}/app-secret`: mends a broken connector.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceAppSecret {
    /// The new secret from the provider's console.
    pub app_secret: String,
}

impl std::fmt::Debug for ReplaceAppSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplaceAppSecret { .. }")
    }
}

/// Body of `POST /admin/v1/tenants/{id}/connectors/{id}/disable` and `…/enable`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeConnector {
    /// Why, for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// A connector without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connector {
    /// Part of its callback's path.
    pub id: ConnectorId,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Shown to end users as the asking app.
    pub name: String,
    /// `dropbox`.
    pub provider: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// The app key from the provider's console.
    pub app_key: String,
    /// Scopes that are asked for.
    pub scopes: Vec<String>,
    /// Where browsers may be sent back to.
    pub return_urls: Vec<String>,
    /// Register exactly this as redirect URI in the provider's console.
    pub callback_url: String,
    /// How links are finished.
    pub completion: Completion,
    /// Whether our page asks before the provider does.
    pub confirm_page: bool,
    /// Whether it works.
    pub status: ConnectorStatus,
    /// Why it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
