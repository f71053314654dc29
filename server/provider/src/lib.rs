#![doc = include_str!("../README.md")]

pub mod dropbox;
mod failure;
mod http;
pub mod oauth2;
mod observed;
mod protocol;

pub use failure::{
    AccessTag, ClientReason, Failure, GrantReason, Malformed, Orphan, RequestReason, TokenTag, TransientKind,
};
pub use http::{HttpClient, HttpOptions, HttpSetupError, MAX_RETRY_AFTER};
pub use protocol::{Protocol, UnknownProtocol};
