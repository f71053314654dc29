//! Runs `bowline-server` as a child process: its commands, and `serve`.
//!
//! The demo, the tests, the fault scenarios and the benchmarks all start the server here.

mod program;
mod service;

pub use program::{Program, feed, json, without_our_variables};
pub use service::{Listeners, Service, last_lines};
