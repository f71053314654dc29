//! Bowline's server: link pages for end users, a token API for tenant apps, an admin API for operators, and background
//! work.
//!
//! `route → service → {store, vault, provider}`. Every module may use `domain`, which uses none of them. `http` calls
//! `service`.

pub mod app;
pub mod command;
pub mod domain;
pub mod http;
pub mod logging;
pub mod metrics;
pub mod route;
pub mod service;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod words;
pub mod worker;
