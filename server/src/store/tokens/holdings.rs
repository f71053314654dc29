//! Which API key held which token, and when.

use uuid::Uuid;

/// A token in the hands of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holding {
    /// The account.
    pub account: Uuid,
    /// The API key.
    pub api_key: Uuid,
    /// The generation of the account's token.
    pub generation: i64,
}
