#![doc = include_str!("../README.md")]

mod credentials;
pub mod dropbox;
mod failure;
mod http;
mod link;
pub mod oauth1;
pub mod oauth2;
mod observed;
pub mod openid;
mod protocol;
mod provider;
pub mod sandbox;
mod shown;

pub use credentials::AppCredentials;
pub use failure::{
    AccessTag, ClientReason, Failure, GrantReason, Malformed, Orphan, RequestReason, TokenTag, TransientKind,
};
pub use http::{HttpClient, HttpOptions, HttpSetupError, MAX_RETRY_AFTER, tls_config};
pub use link::{BadReturn, Begun, Grant, LinkRequest, Profile, RefreshedToken, Returned, Revoked, Role};
pub use protocol::{DROPBOX, Protocol};
pub use provider::Provider;
