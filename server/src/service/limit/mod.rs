//! Limits per tenant and per client address, and delays for callers that are rejected and do not stop.

pub mod by_address;
pub mod by_tenant;
pub mod delays;
pub mod metered;
pub mod pace;
pub mod streams;
