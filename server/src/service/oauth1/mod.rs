//! What the accounts of OAuth 1 need beyond those of OAuth 2: tokens with a secret of their own, and signatures.

mod sign;
mod token;

pub use sign::sign;
pub use token::of_its_protocol;
