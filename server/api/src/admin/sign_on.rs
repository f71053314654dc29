//! Single sign-on of operators: logging in at an identity provider, with a browser on the same machine or on another device.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::NewSession;

/// How operators log in at this server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginMethods {
    /// Whether all operators who have a password may log in with it. If not, only those for emergencies may.
    pub passwords: bool,
    /// The identity provider; omitted if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_sign_on: Option<SingleSignOn>,
}

/// The identity provider at which operators log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SingleSignOn {
    /// Its address.
    pub issuer: String,
    /// Whether it shows codes for other devices; omitted if it could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<bool>,
}

/// Body of `POST /admin/v1/sign-on/browser`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginBrowserSignOn {
    /// Where the client listens for the browser: `http://127.0.0.1:PORT/…` or `http://[::1]:PORT/…` (RFC 8252).
    pub redirect_uri: String,
}

/// A login in a browser that has begun.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrowserSignOn {
    /// `bwl_so_…`: finishes this login, once. The client keeps it to itself.
    pub secret: String,
    /// The page at which the operator logs in. It sends the browser back to `redirect_uri`.
    pub url: String,
    /// Until when the login can be finished.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /admin/v1/sign-on/browser/finish`: what the browser brought back.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishBrowserSignOn {
    /// The secret of the login.
    pub secret: String,
    /// The query parameter `code`.
    pub code: String,
    /// The query parameter `state`.
    pub state: String,
    /// The query parameter `iss`, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
}

/// A login on another device that has begun.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceSignOn {
    /// `bwl_so_…`: polls this login. The client keeps it to itself.
    pub secret: String,
    /// What the operator enters on the other device.
    pub user_code: String,
    /// Where they enter it.
    pub verification_url: String,
    /// The same page with the code in its address; omitted if the identity provider has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete_url: Option<String>,
    /// The least time between two polls.
    pub interval_seconds: u64,
    /// Until when the login can be finished.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /admin/v1/sign-on/device/poll`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PollDeviceSignOn {
    /// The secret of the login.
    pub secret: String,
}

/// The outcome of a poll: a session, or how long to wait.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolledSignOn {
    /// The session, once the operator has approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<NewSession>,
    /// When to poll again, in seconds; omitted with a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
}

/// Prints nothing of a value that contains a secret.
macro_rules! silent {
    ($($type:ident),+) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )+};
}

silent!(BrowserSignOn, FinishBrowserSignOn, DeviceSignOn, PollDeviceSignOn);
