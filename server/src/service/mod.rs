//! What happens: one module a noun, between the routes and the store.

pub mod account;
pub mod account_admin;
pub mod api_key;
pub mod audit;
pub mod audit_checkpoint;
pub mod audit_log;
pub mod audit_verify;
pub mod by_address;
pub mod connector;
pub mod cursor;
pub mod freeze;
pub mod link;
pub mod log_checks;
pub mod operator;
pub mod pace;
pub mod password;
pub mod pending;
pub mod readiness;
pub mod revocation;
pub mod search_text;
pub mod session;
pub mod tenant;
pub mod token;
pub mod vault;
pub mod wrong_keys;
