//! The identifier of a set of scopes.

use sha2::{Digest as _, Sha256};

/// Identifies a set of scopes: the SHA-256 of their names, sorted and separated by spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::service::token) struct ScopesHash(pub(in crate::service::token) [u8; 32]);

impl ScopesHash {
    /// The hash of scopes that are sorted.
    pub(super) fn of(sorted: &[String]) -> Self {
        Self(Sha256::digest(sorted.join(" ")).into())
    }
}
