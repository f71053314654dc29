//! What happens: one module a noun, between the routes and the store.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod connector;
pub mod link;
pub mod password;
pub mod revocation;
pub mod token;
pub mod vault;
