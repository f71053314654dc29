//! The type of a token holding: which API key holds which token.

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
