//! The audit log: reading it, verifying it, and checkpoints that are kept elsewhere.

pub mod checkpoint;
pub mod checks;
pub mod log;
pub mod search;
pub mod verify;
