//! What wraps every request (headers, access log, trace, problem documents), and what a handler takes in its signature:
//! a verified caller (`auth`), a body, an id.

mod access_log;
pub mod auth;
pub mod body;
mod caller;
pub mod client_address;
pub mod every_request;
mod headers;
pub mod idempotency;
pub mod last_event_id;
pub mod limited;
mod notice;
pub mod params;
pub mod policy;
pub mod problem;
pub mod query;
mod received;
pub mod request_id;
mod shared;
mod token_failures;
pub mod trace;
mod user_agent;
pub mod verb;

pub use auth::operator::{Admin, Lister, Newcomer, OperatorOf, Personal, Preparer, Revoker, Viewer};
pub use auth::tenant_app::TenantApp;
pub use body::{Body, OptionalBody, TriedBody};
pub use client_address::ClientAddress;
pub use idempotency::{IdempotencyKey, Replayable};
pub use last_event_id::LastEventId;
pub use notice::{Notifier, Unread};
pub use policy::Policy;
pub use problem::Refuse;
pub use query::NoQuery;
pub use shared::Shared;
pub use user_agent::UserAgent;
pub use verb::NotHead;
