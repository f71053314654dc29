//! The pure core: everything that the client knows, and how each message changes it. No input, no output, no clock.

pub mod account;
pub mod act;
pub mod action;
mod answer;
pub mod feed;
pub mod keymap;
pub mod list;
pub mod login;
pub mod model;
mod need;
mod overlay;
pub mod palette;
pub mod query;
pub mod query_bar;
pub mod revoke;
pub mod text_field;
mod update;

pub use model::{Effect, Link, Model, Msg, Overlay, Screen, Setup, Slot};
pub use need::next_deadline;
pub use update::update;
