//! Webhooks: the endpoints of tenants, the events that they are told of, and what was delivered.

pub mod changes;
pub mod deliveries;
mod delivery;
pub mod due;
pub mod endpoints;
mod outbox;
mod route;
pub mod secrets;
pub mod sender;
pub mod stream;
pub mod sweep;
mod untold;

pub(in crate::store) use outbox::{AuditEntry, Outgoing};
