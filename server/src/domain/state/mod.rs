//! What may become of an account, a connector, a link session and a revocation. Each file is one state machine: a function that
//! takes the old state and an event, and returns the new state where the event is allowed.

pub mod account;
pub mod connector;
pub mod link_session;
pub mod revocation;
