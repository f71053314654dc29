//! Connectors: a tenant's registrations at the provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Branding, EditBranding, OAuth1Service, ProvePassword};
use crate::named::readable;
use crate::sandbox::is_false;
use crate::status::{Completion, ConnectorStatus, Protocol, SecretCheck};
use crate::{ConnectorId, Named, TenantId};

/// Body of `POST /admin/v1/tenants/{id}/connectors`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateConnector {
    /// Shown to end users as the app that requests access: 1 to 100 characters.
    pub name: String,
    /// The app key from the provider's console.
    pub app_key: String,
    /// The app secret from the provider's console. It is stored sealed and never shown.
    pub app_secret: String,
    /// Scopes to request from the provider: at least one under OAuth 2, and none under OAuth 1, which has no scopes.
    pub scopes: Vec<String>,
    /// URLs to which browsers may be redirected back. A link session's return URL must have the origin and path of one of them.
    pub return_urls: Vec<String>,
    /// Who completes a link; `tenant` if omitted. With `browser`, a forwarded link connects the approver's Dropbox to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// Whether Bowline's own page asks for confirmation before the provider does; true if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_page: Option<bool>,
    /// The protocol that the connector speaks; `oauth2` if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// The service of OAuth 1.0 or 1.0a. Required under these protocols, and refused under OAuth 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth1_service: Option<OAuth1Service>,
}

impl std::fmt::Debug for CreateConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateConnector")
            .field("name", &self.name)
            .field("app_key", &self.app_key)
            .finish_non_exhaustive()
    }
}

/// Body of `PUT /admin/v1/tenants/{id}/connectors/{id}/app-secret`, which repairs a broken connector.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceAppSecret {
    /// The new secret from the provider's console.
    pub app_secret: String,
    /// Your own password, and a code if you log in with one.
    pub proof: ProvePassword,
}

impl std::fmt::Debug for ReplaceAppSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplaceAppSecret { .. }")
    }
}

/// Response of `PUT /admin/v1/tenants/{id}/connectors/{id}/app-secret`: the connector, and what the provider says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplacedAppSecret {
    /// The connector with its new secret.
    #[serde(flatten)]
    pub connector: Connector,
    /// What the provider says about the new secret. Older servers do not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<SecretCheck>))]
    pub secret_check: Option<Named<SecretCheck>>,
}

impl ReplacedAppSecret {
    /// The state of the connector, and what the provider says, in words.
    pub fn outcome(&self) -> String {
        let said = match &self.secret_check {
            Some(Named::Known(check)) => check.meaning(),
            Some(unknown) => unknown.as_str(),
            None => "This server does not ask the provider.",
        };
        format!("{}. {said}", self.connector.status)
    }
}

/// Body of `PATCH /admin/v1/tenants/{id}/connectors/{id}`. What is omitted stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditConnector {
    /// Shown to end users as the app that requests access: 1 to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Scopes to request from the provider. Accounts and link sessions that exist keep theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// All URLs to which browsers may be redirected back. They replace the earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_urls: Option<Vec<String>>,
    /// Who completes a link. With `browser`, a forwarded link connects the approver's Dropbox to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// Whether Bowline's own page asks for confirmation before the provider does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_page: Option<bool>,
    /// `true` makes it the connector of link sessions that name none, in place of the earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// What the link pages show of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branding: Option<EditBranding>,
}

/// Body of `POST /admin/v1/tenants/{id}/connectors/{id}/remove`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RemoveConnector {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
    /// Whether its accounts are revoked first. Without it, a connector with accounts is not removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_accounts: Option<bool>,
    /// The connector that becomes the default. Required if this one is the default and the tenant has others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_default: Option<ConnectorId>,
}

/// Body of `POST /admin/v1/tenants/{id}/connectors/{id}/disable` and `…/enable`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeConnector {
    /// The reason for the audit log: 3 to 500 characters.
    pub reason: String,
}

/// A connector without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connector {
    /// Identifies the connector; part of its callback path.
    pub id: ConnectorId,
    /// The tenant that the connector belongs to.
    pub tenant_id: TenantId,
    /// Shown to end users as the app that requests access.
    pub name: String,
    /// The provider: `dropbox`.
    pub provider: String,
    /// Present and true in a sandbox: the connector speaks to the simulator of Dropbox, and to nothing else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sandbox: bool,
    /// The protocol that the connector speaks.
    #[cfg_attr(feature = "openapi", schema(value_type = Protocol))]
    pub protocol: Named<Protocol>,
    /// The service of OAuth 1.0 or 1.0a; absent under OAuth 2.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "readable")]
    pub oauth1_service: Option<OAuth1Service>,
    /// The app key from the provider's console.
    pub app_key: String,
    /// Scopes that are requested.
    pub scopes: Vec<String>,
    /// URLs to which browsers may be redirected back.
    pub return_urls: Vec<String>,
    /// The redirect URI to register in the provider's console, exactly as given.
    pub callback_url: String,
    /// The address to enter as webhook URI in the provider's console, so that webhooks tell `account.changed`; absent under OAuth 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_url: Option<String>,
    /// How links are completed.
    #[cfg_attr(feature = "openapi", schema(value_type = Completion))]
    pub completion: Named<Completion>,
    /// Whether Bowline's own page asks for confirmation before the provider does.
    pub confirm_page: bool,
    /// Whether the connector works.
    #[cfg_attr(feature = "openapi", schema(value_type = ConnectorStatus))]
    pub status: Named<ConnectorStatus>,
    /// Why it does not work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Whether link sessions that name no connector use this one. One connector of a tenant is the default: the oldest, until another
    /// one is made it.
    #[serde(default)]
    pub is_default: bool,
    /// What the link pages show of the app.
    #[serde(default)]
    pub branding: Branding,
    /// When the connector was created.
    pub created_at: DateTime<Utc>,
}
