//! Tests of the terminal client and the command line, from the pure core up to a real pty.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

mod api_log;
mod audit;
mod bulk;
mod command_line;
mod completion;
mod contexts;
mod drain_stop;
mod events;
mod export;
mod fake;
mod faults;
mod fixtures;
mod identity;
mod incidents;
mod keyring;
mod linear;
mod lists;
mod login_code;
mod mouse;
mod operator;
mod overview;
mod permission;
mod power;
mod pty;
mod screens;
mod server;
mod sign_on;
mod sign_on_program;
mod story;
mod tabs;
mod terminal;
mod unattended;
mod undo;
mod versions;
mod window;
