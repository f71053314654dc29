//! The pure core: the client's state, and how each message changes it. It performs no I/O and reads no clock.

pub mod account;
pub mod act;
pub mod action;
mod answer;
mod calls;
pub mod fetch;
pub mod keymap;
pub mod list;
pub mod login;
pub mod model;
mod overlay;
pub mod palette;
pub mod query;
pub mod query_bar;
pub mod revoke;
pub mod text_field;
mod update;

pub use calls::next_deadline;
pub use model::{Connection, Effect, Model, Msg, Overlay, Screen, Setup, Slot};
pub use update::update;
