//! Link sessions: one attempt of one end user to link an account.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::{Completion, LinkSessionStatus, RequiredRole};
use crate::{AccountId, ConnectorId, LinkSessionId, Named};

/// Body of `POST /v1/link-sessions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateLinkSession {
    /// The tenant's own name for its user: 1 to 256 bytes, compared byte for byte. It must not contain a control character, and no part between slashes may be `.` or `..`.
    pub external_user_id: String,
    /// Where the browser is redirected back to: an https URL (or http on a loopback address) of at most 2,000 ASCII characters. Origin and path must be registered with the connector.
    pub return_url: String,
    /// The SHA-256 of a verifier, as base64url without padding (43 characters). The verifier stays in the user's session at the tenant. Required unless the connector completes in the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_challenge: Option<String>,
    /// The connector; optional if the tenant has only one, or with `account_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorId>,
    /// Scopes to request: some of the connector's. `account_info.read` is always added. The default is the connector's scopes for a new link and, with `account_id`, the account's `scopes` and `missing_scopes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Links this account of the same user again. If the user approves with another Dropbox account, nothing changes and `complete` returns `account_mismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// How the link pages call the user, such as `ada@acme.example`, in place of `external_user_id`: 1 to 200 characters, none of them invisible or a control character. It is kept with the account. The default with `account_id` is the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// The language of the link pages and of the provider's: a language tag (BCP 47) such as `pt-BR`, of at most 35 characters. The default is the browser's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The tenant's own data, which the linked account shows: up to 16 pairs with names of 1 to 40 and values of at most 500 characters. No secrets: operators see it. The default with `account_id` is the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whether the provider signs the user out first, so that they can choose another account. The default is true with `account_id` and false otherwise. OAuth 1 has nothing like it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_reauthentication: Option<bool>,
    /// Asks for an account of this kind. A link with an account of the other kind fails with `wrong_role`. Only under OAuth 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_role: Option<RequiredRole>,
    /// How this link is completed. `tenant` is always possible, and needs `completion_challenge`. `browser` is possible only if the connector says so. The default is the connector's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
}

impl CreateLinkSession {
    /// A request with nothing but what every link needs.
    #[must_use]
    pub fn new(external_user_id: impl Into<String>, return_url: impl Into<String>) -> Self {
        Self {
            external_user_id: external_user_id.into(),
            return_url: return_url.into(),
            completion_challenge: None,
            connector: None,
            scopes: None,
            account_id: None,
            user_label: None,
            locale: None,
            metadata: None,
            force_reauthentication: None,
            require_role: None,
            completion: None,
        }
    }
}

/// Response of `POST /v1/link-sessions`. The `url` is a secret of the end user and shown only once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewLinkSession {
    /// Identifies the session in later calls.
    pub id: LinkSessionId,
    /// Send the end user's browser here. The URL works in the first browser that begins the link.
    pub url: String,
    /// When the session expires, ten minutes after its creation by default.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewLinkSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLinkSession")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Response of `GET /v1/link-sessions/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkSession {
    /// The session's id.
    pub id: LinkSessionId,
    /// The session's state.
    #[cfg_attr(feature = "openapi", schema(value_type = LinkSessionStatus))]
    pub status: Named<LinkSessionStatus>,
    /// Why it failed, such as `access_denied` or `answer_lost`; with status `failed` or `denied`. With status `authorizing`, why the last
    /// approval was not accepted: the user may still choose another account in the same session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The tenant's own name for its user.
    pub external_user_id: String,
    /// The connector of the session.
    pub connector_id: ConnectorId,
    /// The linked account; only with status `completed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The account that the session links again, if it was created for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink_account_id: Option<AccountId>,
    /// The requested scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How the link pages call the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// The requested language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The tenant's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Whether the provider signs the user out first.
    #[serde(default)]
    pub force_reauthentication: bool,
    /// The kind of account that the user is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<RequiredRole>))]
    pub require_role: Option<Named<RequiredRole>>,
    /// How the link is completed, if the session says so; otherwise as the connector says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Completion>))]
    pub completion: Option<Named<Completion>>,
    /// When the session was created.
    pub created_at: DateTime<Utc>,
    /// When the session expires.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /v1/link-sessions/{id}/complete`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CompleteLinkSession {
    /// The `link_code` with which the browser returned: `bwl_lc_…`.
    pub link_code: String,
    /// The verifier whose SHA-256 was the `completion_challenge` of the session.
    pub completion_verifier: String,
}

impl std::fmt::Debug for CompleteLinkSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CompleteLinkSession { .. }")
    }
}
