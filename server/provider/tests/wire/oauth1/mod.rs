//! OAuth 1.0 and 1.0a: scripted answers, the simulator, and Python's own libraries.

mod answers;
mod bench;
mod faults;
mod flow;
mod interop;
mod properties;
mod revoke;
mod sign;
