//! Who is calling: tenant apps by their API keys, operators by their sessions, and what a route demands of its caller.

pub mod operator;
mod reach;
pub mod sandbox_app;
pub mod security;
pub mod tenant_app;
