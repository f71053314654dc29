//! The whole service end to end: real programs, real Postgres, a simulated Dropbox. One module for each theme.

mod audit;
mod backup;
mod bound;
mod browser;
mod commands;
mod common;
mod crash;
mod demo;
mod disabled;
mod edge;
mod faults;
mod freeze;
mod isolation;
mod limits;
mod link;
mod model;
mod operator;
mod replicas;
mod revoke;
mod sdk;
mod secrets;
mod seen;
mod specification;
mod token;
mod upgrade;
mod vault;
