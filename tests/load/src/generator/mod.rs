//! A load generator for what wrk cannot do: fixed rates corrected for coordinated omission, and wrong keys.

pub(crate) mod closed_loop;
mod connection;
pub(crate) mod open_loop;
mod requests;

pub(crate) use connection::{Connection, Head};
pub(crate) use requests::{Fetches, FixedRoute, Requests, WrongKeys, fetch};
