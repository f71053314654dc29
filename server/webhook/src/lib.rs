#![doc = include_str!("../README.md")]

mod address;
mod post;
mod resolver;
mod schedule;
mod secret;
mod signature;
mod target;

pub use address::is_public;
pub use post::{Attempt, Message, NotSent, Poster, PosterOptions, SHOWN};
pub use resolver::PublicOnly;
pub use schedule::{PATIENCE, pause_after};
pub use secret::{BadSecret, Secret};
pub use signature::{Signed, Signer};
pub use target::{BadTarget, Target};
