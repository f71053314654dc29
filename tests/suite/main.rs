//! The whole service end to end: real programs, real Postgres, a simulated Dropbox. One module for each theme.

mod browser;
mod common;
mod crash;
mod faults;
mod isolation;
mod link;
mod operator;
mod revoke;
mod sdk;
mod secrets;
mod specification;
mod token;
mod vault;
