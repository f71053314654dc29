//! The operations of the server, between the routes and the store, with one module per subject.

pub mod account;
pub mod activity;
pub mod api_key;
pub mod audit;
pub mod caller;
pub mod connector;
pub mod cursor;
pub mod drain;
pub mod event_tail;
pub mod freeze;
pub mod gauges;
mod grant_to_revoke;
pub mod job;
pub mod key_use;
pub mod limit;
pub mod link;
pub mod manage;
pub mod moving;
pub mod notice;
pub mod oauth1;
pub mod once;
pub mod operator;
pub mod overview;
mod own_key;
pub mod readiness;
pub mod revocation;
pub mod sandbox;
pub mod tenant;
pub mod tenant_freeze;
#[cfg(test)]
mod test_app;
pub mod token;
pub mod uncommitted;
pub mod upgrade;
pub mod vault;
pub mod webhook;
