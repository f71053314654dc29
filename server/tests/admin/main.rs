//! The admin API on a real Postgres: permissions, lists, and the audit log.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

mod account_search;
mod accounts;
mod audit;
mod audit_search;
mod condition;
mod drain_stop;
mod events;
mod harness;
mod holders;
mod jobs;
mod key_use;
mod locales;
mod login_anew;
mod notices;
mod operators;
mod overview;
mod reach;
mod roles;
mod session_list;
mod sessions;
mod sign_on;
mod step_up;
mod tenants;
mod totp;
mod webhooks;
