//! The simulator on its wire: each row of the facts, the faults, and the official Python package.

mod api;
mod authorize;
mod bench;
mod control;
mod fault;
mod notice;
mod oauth1;
mod python;
mod python_oauth;
mod python_sdk;
mod token;
