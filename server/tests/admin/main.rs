//! The admin API against a real Postgres: who may do what, what lists show, what is recorded.

#![expect(clippy::tests_outside_test_module, reason = "this whole crate is tests")]

mod accounts;
mod audit;
mod database;
mod harness;
mod operators;
mod roles;
mod sessions;
mod tenants;
