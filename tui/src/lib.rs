//! Bowline's terminal client and command line for operators, as a library so that tests reach all of it.
//!
//! [`app`] is the pure core (`update` and `draw`) around [`screen`] and [`dialog`], [`terminal`] runs the event loop,
//! and [`cli`] has the commands.

pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod danger;
pub mod dialog;
pub mod export;
pub mod found_secret;
pub mod interface;
pub mod registry;
pub mod screen;
pub mod symbols;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod when;
pub mod widget;
