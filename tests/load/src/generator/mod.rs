//! A load generator for what wrk cannot do: fixed rates corrected for coordinated omission, wrong keys and
//! forged notices.

pub(crate) mod closed_loop;
mod connection;
mod forged;
pub(crate) mod open_loop;
mod requests;

pub(crate) use connection::{Connection, Head};
pub(crate) use forged::ForgedNotices;
pub(crate) use requests::{Fetches, FixedRoute, Requests, WrongKeys, fetch};
