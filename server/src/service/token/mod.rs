//! Fresh access tokens: never an expired one, never one of an inactive account.
//!
//! | room | what is in it |
//! |---|---|
//! | `fetch` | the token API's calls: the key is verified, the token issued, the call measured |
//! | `narrow` | tokens with some of the account's scopes |
//! | `user` | accounts by the tenant's own name for its user |
//! | `refresh` | a new token from the provider, once for all callers: of this process, and of all replicas by a lease |
//! | `breaker` | the circuit breaker of a connector, shared by all replicas |
//! | `record` | repeated issues: counted in memory, flushed, folded into the holdings |
//! | `check` | whether the provider takes an account's token |

mod breaker;
mod check;
mod fetch;
mod narrow;
mod record;
mod refresh;
mod user;

pub(super) use breaker::look as provider_pause;
pub use breaker::{Breakers, breaker_counts};
pub use check::check;
pub use fetch::unverified::UnverifiedApp;
pub use fetch::{AccountOutcome, fetch, fetch_for_user, fetch_many};
pub use record::flush::flush;
pub use record::fold::fold;
pub use record::holding::HoldingLog;
pub use refresh::ahead::RefreshAhead;
pub use refresh::flight::RefreshFlights;
pub use refresh::force::force;
