//! Every call of the API. Methods have the names of the OpenAPI document.
//!
//! `GET /v1/events` (`events_follow`) is left out: it is a stream without an end.

mod accounts;
mod link_sessions;
mod manage_sessions;
mod sandbox;
mod tokens;
mod webhook_endpoints;

pub use accounts::AccountsQuery;
pub use link_sessions::{LinkSessionsQuery, Wait};
pub use webhook_endpoints::DeliveriesQuery;
