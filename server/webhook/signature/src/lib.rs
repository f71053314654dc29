#![doc = include_str!("../README.md")]

mod secret;
mod signature;

pub use secret::{BadSecret, Secret};
pub use signature::{Signed, Signer};
