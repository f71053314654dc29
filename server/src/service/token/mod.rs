//! Fresh access tokens: never an expired one, never one of an account that is not active.

mod flight;
mod holding;
mod issue;
mod refresh;

pub use flight::RefreshFlights;
pub use holding::{HoldingLog, flush};
pub use issue::{Wanted, for_account, for_user};
