//! Token holdings: which API key held which token, and when.

use uuid::Uuid;

/// A token that an API key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holding {
    /// The account.
    pub account: Uuid,
    /// The API key.
    pub api_key: Uuid,
    /// The generation of the account's token.
    pub generation: i64,
}
