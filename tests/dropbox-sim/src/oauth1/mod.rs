//! OAuth 1.0 and 1.0a as a provider checks them (RFC 5849), written from the RFC and from what Dropbox recorded.

mod dialect;
mod escape;
mod incoming;
mod request;
mod signature;

pub(crate) use dialect::Dialect;
pub(crate) use incoming::Incoming;
pub(crate) use request::Request;
pub(crate) use signature::BadSignature;
