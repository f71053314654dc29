//! What the accounts of OAuth 1 need beyond those of OAuth 2: tokens with a secret of their own, and signatures.

pub(super) mod held;
mod migrate;
mod permit;
mod sign;
mod token;

pub use migrate::{Moved, NotMoved, migrate, migrate_all, migrate_for};
pub use permit::{may_issue, still_usable};
pub use sign::sign;
pub(super) use token::of_its_protocol;
