//! Requests and responses of `/v1/sandbox`, which test keys may call.

use serde::{Deserialize, Serialize};

use crate::status::SandboxState;
use crate::{AccountId, EventId, LinkSessionId, Named};

/// Body of `PUT /v1/sandbox/accounts/{id}/state`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetSandboxState {
    /// How Dropbox is to behave towards the account from now on. It replaces what was set before.
    pub state: SandboxState,
}

/// Response of `PUT /v1/sandbox/accounts/{id}/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxAccount {
    /// The account.
    pub account_id: AccountId,
    /// How the simulator of Dropbox behaves towards it.
    #[cfg_attr(feature = "openapi", schema(value_type = SandboxState))]
    pub state: Named<SandboxState>,
}

/// Body of `POST /v1/sandbox/link-sessions/{id}/approve`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApproveSandboxLink {
    /// The e-mail address of a user of the simulator, such as `amara@example.com`; a new user if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether the user declines instead; false if omitted.
    #[serde(default)]
    pub decline: bool,
}

/// Response of `POST /v1/sandbox/link-sessions/{id}/approve`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovedSandboxLink {
    /// The link session.
    pub link_session_id: LinkSessionId,
    /// The address to which the user's browser would have been redirected: the session's return URL with `link_session`, and with
    /// `link_code` or `error`.
    pub return_url: String,
}

impl std::fmt::Debug for ApprovedSandboxLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApprovedSandboxLink")
            .field("link_session_id", &self.link_session_id)
            .finish_non_exhaustive()
    }
}

/// Body of `POST /v1/sandbox/events`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FireSandboxEvent {
    /// A type of the tenant guide's table, such as `account.needs_reauth`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of what the event is about: an account, a link session, a connector or, for `endpoint.test`, an endpoint.
    pub subject: String,
}

/// Response of `POST /v1/sandbox/events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FiredSandboxEvent {
    /// The event's id.
    pub event_id: EventId,
}
