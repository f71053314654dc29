//! Bowline's server: link pages for end users, a token API for tenant apps, an admin API for operators, and the work that
//! goes on by itself.
//!
//! `route → service → {store, vault, provider}`; `domain` is known to all and knows none; `guard` calls `service`.

pub mod app;
pub mod command;
pub mod domain;
pub mod guard;
pub mod logging;
pub mod metrics;
pub mod route;
pub mod service;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod worker;
