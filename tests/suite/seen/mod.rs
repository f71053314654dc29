//! What the people who run the service can observe: metrics, alerts, traces and the log.

mod alerts;
mod collector;
pub(crate) mod exposition;
mod log;
mod metrics;
mod trace;
