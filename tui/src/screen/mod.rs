//! The screens, a file or a folder for each: its state, its calls, its actions, and what it looks like.
//!
//! ```text
//! ┌ bowline ── context ── who (role) ───────────────────────── link ┐
//! │ heading                                          total · order  │
//! │ / query                                                         │
//! ├─────────────────────────────────────────────────────────────────┤
//! │ COLUMNS, then rows                                              │
//! │ state or message                                    position    │
//! │ hints                                                           │
//! └─────────────────────────────────────────────────────────────────┘
//! ```

pub mod account;
pub mod accounts;
pub mod all;
pub mod api_keys;
pub mod audit;
pub mod connectors;
pub mod deliveries;
pub mod job;
pub mod jobs;
pub mod label;
pub mod operators;
pub mod overview;
pub mod sessions;
pub mod tenants;
pub mod webhooks;
