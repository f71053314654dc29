//! Tokens: the hot path, the records of who had which token, narrowed tokens, and the leases of refreshes.

pub mod holders;
pub mod holdings;
pub mod leases;
pub mod narrowed;
pub mod path;
pub mod repeats;
pub mod uses;
