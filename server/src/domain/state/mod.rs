//! The state machines of accounts, connectors, jobs, link sessions and revocations, one per file: a function takes the old
//! state and an event, and returns the new state if the event is allowed.

pub mod account;
pub mod connector;
pub mod job;
pub mod link_session;
pub mod revocation;
