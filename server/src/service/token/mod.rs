//! Fresh access tokens: never an expired one, never one of an account that is not active.

mod flight;
mod fold;
mod holding;
mod issue;
mod refresh;
mod user;

pub use flight::RefreshFlights;
pub use fold::fold;
pub use holding::{HoldingLog, flush};
pub use issue::{Answered, MinTtl, for_account};
pub use user::account_of;
