//! The dialogs, a file for each: its state, what keys do in it, and what it looks like.

pub mod acts;
pub mod api_log;
pub mod change;
mod choice;
pub mod columns;
pub mod confirmation;
pub mod contexts;
pub mod details;
pub mod export;
pub mod find;
pub mod help;
mod jumps;
pub mod new_secret;
pub mod palette;
pub mod related;
pub mod saved;
