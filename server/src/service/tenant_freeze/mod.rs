//! An operator freezes a whole tenant: no token leaves, nobody links, and all its API keys are refused, until an operator
//! thaws it.

mod act;
mod frozen;
mod refusal;

pub use act::{freeze, thaw};
pub use frozen::FrozenTenants;
pub use refusal::{frozen, must_not_be_frozen, refuse_key};
