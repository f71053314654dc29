//! The pure core: the client's state, how each message changes it, and what it looks like. It performs no I/O and
//! reads no clock.

mod acts;
mod answer;
mod chrome;
mod found;
mod frame;
mod liveness;
pub mod login;
mod message;
mod model;
mod mouse;
mod own;
mod perform;
mod schedule;
mod setup;
mod tabs;
mod tenants;
mod update;
mod views;

pub use acts::{ActEntry, Acts, Ended};
pub use frame::{MIN_SIZE, draw};
pub use message::{Effect, Msg, Slot, Streaming};
pub use model::{ConnectionState, Model};
pub use schedule::next_deadline;
pub use setup::{KnownContext, Presentation, Setup, Start};
pub use update::update;
pub use views::{View, ViewId, Views};
