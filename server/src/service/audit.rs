//! Who acts.

pub use crate::domain::Actor;
