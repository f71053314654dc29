//! Who had which token from when to when.

use uuid::Uuid;

/// One token in one hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holding {
    /// Whose token.
    pub account: Uuid,
    /// In whose hand.
    pub api_key: Uuid,
    /// Which of the account's tokens.
    pub generation: i64,
}
