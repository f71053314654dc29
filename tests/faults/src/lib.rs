//! What happens when something fails, and how we know.
//!
//! A [`Bench`] is a whole service with things to break: replicas, a Postgres of its own ([`Engine`]), a proxy on the way to it
//! ([`Proxy`]), a simulated Dropbox. A [`scenario`] breaks one of them under load, says what it saw, and ends with
//! [`Bench::check`], which compares what Dropbox, the database and the callers know. The [`catalogue`] lists all
//! scenarios; `cargo faults` runs each many times, and `cargo verify` each a few times.

pub mod bench;
pub mod catalogue;
mod clock;
pub mod engine;
pub mod fleet;
mod invariant;
pub mod ledger;
pub mod load;
pub mod plan;
pub mod processes;
pub mod proxy;
pub mod report;
pub mod scenario;
mod watch;

pub use bench::{Bench, BenchBuilder};
pub use catalogue::{SCENARIOS, Scenario};
pub use engine::Engine;
pub use invariant::Findings;
pub use plan::{Plan, Seen};
pub use proxy::{Mode, Proxy};
