//! The admin API on a real Postgres: permissions, lists, and the audit log.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are no tests themselves, and fail as they do")]

mod accounts;
mod audit;
mod harness;
mod locales;
mod operators;
mod roles;
mod sessions;
mod tenants;
