//! The terminal client and the command line, from the pure core up to a real pty.

mod command_line;
mod fixtures;
mod pty;
mod screens;
mod server;
mod story;
mod terminal;
