//! Fresh access tokens: never an expired one, never one of an inactive account.
//!
//! `fetch` answers the token API's calls, `unverified` verifies their keys, and `issue` issues the tokens. `refresh` asks the provider,
//! once for all callers (`join` and `flight` in this process, a lease over all replicas) and through the connector's circuit breaker (`gate`,
//! `breaker`); `need` says why, `outcome` how the refresh ended. `holding` counts repeated issues, `flush` writes them, and `fold` folds the
//! journal of repeated issues into the holdings.

mod ahead;
mod breaker;
mod check;
mod fetch;
mod flight;
mod flush;
mod fold;
mod force;
mod gate;
mod holding;
mod issue;
mod join;
mod last_token;
mod measure;
mod narrow;
mod narrowed;
mod need;
mod outcome;
mod refresh;
mod relink;
mod scopes_hash;
mod unverified;
mod user;

pub use ahead::RefreshAhead;
pub use check::check;
pub use fetch::{AccountOutcome, fetch, fetch_for_user, fetch_many};
pub use flight::RefreshFlights;
pub use flush::flush;
pub use fold::fold;
pub use force::force;
pub use gate::{Breakers, breaker_counts};
pub use holding::HoldingLog;
pub use unverified::UnverifiedApp;
