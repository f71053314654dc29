#![doc = include_str!("../README.md")]

mod address;
mod guard;
mod post;
mod resolver;
mod schedule;
mod target;

pub use address::is_public;
pub use bowline_webhook_signature::{BadSecret, Secret, Signed, Signer};
pub use guard::Guard;
pub use post::{Attempt, Message, NotSent, Poster, PosterOptions, SHOWN};
pub use resolver::PublicOnly;
pub use schedule::{PATIENCE, pause_after};
pub use target::{BadTarget, Target};
