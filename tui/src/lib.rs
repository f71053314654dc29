//! Bowline's terminal client and command line for operators, as a library so that all of it can be tested.
//!
//! [`app`] is the pure core (`update`, `screen::draw`), [`terminal`] the loop around it, [`cli`] the commands.

pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod screen;
pub mod terminal;
pub mod text;
pub mod theme;
