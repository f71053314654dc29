//! What happens: one module a noun, between the routes and the store.

pub mod api_key;
pub mod audit;
pub mod cursor;
pub mod password;
pub mod vault;
