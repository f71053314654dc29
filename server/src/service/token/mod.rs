//! Fresh access tokens: never an expired one, never one of an account that is not active.
//!
//! `issue` hands out; `refresh` asks the provider, once for all callers (`flight` in this process, a lease over all replicas)
//! and through the connector's circuit breaker (`gate`, `breaker`); `need` says why, `ended` what came of it. Repeated issues are
//! counted by `holding`, written by `flush`, and folded from the journal by `fold`.

mod ahead;
mod breaker;
mod check;
mod ended;
mod flight;
mod flush;
mod fold;
mod force;
mod gate;
mod holding;
mod issue;
mod last_token;
mod measure;
pub mod narrow;
mod need;
mod refresh;
pub mod relink;
mod user;

pub use ahead::RefreshAhead;
pub use check::check;
pub use flight::RefreshFlights;
pub use flush::flush;
pub use fold::fold;
pub use force::force;
pub use gate::{Breakers, breaker_counts};
pub use holding::HoldingLog;
pub use issue::{Answered, MinTtl, Wanted, for_account, plain};
pub use user::account_of;
