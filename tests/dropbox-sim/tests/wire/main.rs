//! The simulator on its wire: each row of the facts, the faults, and the official Python package.

mod api;
mod authorize;
mod bench;
mod control;
mod fault;
mod python_sdk;
mod token;
