//! The dialogs, a file for each: its state, its keys, its call, and what it looks like.

pub mod confirmation;
pub mod help;
pub mod palette;
pub mod revoke;
