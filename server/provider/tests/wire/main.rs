//! The client against scripted bytes and against the Dropbox simulator.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test itself")]

mod api;
mod oauth1;
mod simulator;
mod support;
mod token;
mod transport;
