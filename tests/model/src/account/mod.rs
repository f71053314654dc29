//! A model of one account on several replicas, as `service/token`, `service/revocation` and `service/link` handle it.
//!
//! | model | server |
//! |---|---|
//! | [`refresh`] | `service/token/refresh/`, `store/tokens/leases.rs`, `TenantTx::write_refresh` |
//! | [`revocation`] | `service/revocation.rs`, `store/revocations.rs` |
//! | [`link`] | `service/link/{complete/,sweep.rs}` |
//! | [`operator`] | `service/account/admin.rs`, and the user at the provider |
//!
//! The model omits broken connectors, revocations that are abandoned after a day, and first links (the account starts
//! linked). A revocation's refresh of an expired token and its revocation call are one step.
//!
//! It also omits parts that only `tests/suite/token` covers: forced refreshes (`force.rs`), refresh-ahead (`ahead.rs`)
//! and narrowed tokens (`narrow.rs`), which use the same lease; the circuit breaker of a connector (`breaker.rs`,
//! `gate.rs`); and the check of a link (`check.rs`).

pub mod calm;
pub mod link;
pub mod operator;
pub mod property;
pub mod refresh;
pub mod revocation;
mod rules;
mod state;
mod steps;
mod time;

pub use rules::{Budget, Model, Rules};
pub use state::{
    Account, Answer, Ghost, Grant, Held, Lease, Revocation, Row, Session, State, Task, Ticks, Token, Wrong,
};
pub use steps::Action;
