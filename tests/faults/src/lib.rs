//! Fault scenarios, and the invariants that must hold after each of them.
//!
//! A [`Bench`] is a complete service whose parts can fail: replicas, a dedicated Postgres ([`Engine`]), a proxy in
//! front of it ([`Proxy`]), and a simulated Dropbox. A [`scenario`] breaks one of them under load, reports what
//! happened, and ends with [`Bench::check`], which compares the state of Dropbox, the database and the callers. The
//! [`list`] lists all scenarios; `cargo faults` runs each of them many times, and `cargo verify` a few times.

pub mod bench;
mod clock;
pub mod engine;
pub mod fleet;
mod invariant;
pub mod ledger;
pub mod list;
mod messages;
pub mod plan;
pub mod processes;
pub mod proxy;
pub mod report;
pub mod scenario;
mod told;
pub mod traffic;
mod watch;

pub use bench::{Bench, BenchBuilder};
pub use engine::Engine;
pub use invariant::Findings;
pub use list::{SCENARIOS, Scenario};
pub use plan::{Plan, Seen};
pub use proxy::{Mode, Proxy};
