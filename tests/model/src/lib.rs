//! Models of the invariants that must hold whatever fails, small enough for a checker to visit every reachable state.
//!
//! [`account`] models one account with its refresh lease, links and revocations. Its steps are those of the server: one
//! per transaction and per call of the provider, with a crash, a stop or a clock step possible between any two. The
//! checker cannot verify that the server behaves like the model; `tests/suite/model` does that.

pub mod account;
