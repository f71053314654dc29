//! OAuth 1.0 and OAuth 1.0a (RFC 5849), for Dropbox's retired API and for services that never moved on.
//!
//! The names are those of the first specification, which providers and their libraries use: *app key* and *app secret* (RFC 5849:
//! client credentials), *request token* (temporary credentials), *access token* (token credentials).

mod account;
mod answer;
mod approval;
mod authorize;
mod base_string;
mod complaint;
mod config;
mod error;
mod form;
mod migrate;
mod permit;
mod send;
mod service;
mod signature;
mod signer;
mod stamp;
mod token_pair;

pub use approval::{read_return, request_tokens};
pub use base_string::base_string;
pub use config::{AccountFields, ConfigError, Dialect, Endpoints, ServiceConfig, Transmission};
pub use migrate::MigratedToken;
pub use permit::SignRefused;
pub use service::Service;
pub(crate) use service::nothing_to_refresh;
pub use signature::SignatureMethod;
pub use signer::{Signed, Signer, Unsigned};
pub use stamp::Stamp;
pub use token_pair::TokenPair;
