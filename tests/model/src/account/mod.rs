//! One account on several replicas, as `service/token`, `service/revocation` and `service/link` handle it.
//!
//! | here | in the server |
//! |---|---|
//! | [`refresh`] | `service/token/refresh.rs`, `store/leases.rs`, `TenantTx::write_refresh` |
//! | [`revocation`] | `service/revocation.rs`, `store/revocations.rs` |
//! | [`link`] | `service/link/{complete,exchange,keep,sweep}.rs` |
//! | [`operator`] | `service/account_admin.rs`, and the user at the provider |
//!
//! Left out: connectors that the provider refuses, revocations that are given up after a day, and first links (the account
//! begins linked). A revocation's refresh of an expired token and its revoke are one call.
//!
//! Left out, too, and tested in `tests/suite/token` alone: refreshes that are forced (`force.rs`), ahead of their time
//! (`ahead.rs`) or for fewer scopes (`narrow.rs`), which take the same lease; a connector's circuit breaker (`breaker.rs`,
//! `gate.rs`); and the question whether a link lives (`check.rs`).

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
