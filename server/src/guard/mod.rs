//! Who is calling, and with what: everything that a handler requires in its signature.

mod access_log;
pub mod body;
mod caller;
pub mod client_address;
pub mod every_request;
mod headers;
pub mod incoming;
pub mod limited;
mod objects;
pub mod operator;
pub mod params;
pub mod policy;
pub mod problem;
pub mod query;
mod received;
pub mod request_id;
pub mod security;
mod shared;
pub mod tenant_app;
mod token_failures;
pub mod trace;
pub mod verb;

pub use body::{Body, OptionalBody, TriedBody};
pub use client_address::ClientAddress;
pub use operator::{Admin, OperatorOf, Revoker, Viewer};
pub use policy::Policy;
pub use problem::Refuse;
pub use query::NoQuery;
pub use shared::Shared;
pub use tenant_app::TenantApp;
pub use verb::NotHead;
