//! What those who run the service can see of it: metrics, alerts, traces, the log.

mod alerts;
mod collector;
pub(crate) mod exposition;
mod log;
mod metrics;
mod trace;
