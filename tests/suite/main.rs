//! The whole service end to end: real programs, real Postgres, a simulated Dropbox. One module for each theme.

mod browser;
mod common;
mod isolation;
mod link;
mod operator;
mod token;
