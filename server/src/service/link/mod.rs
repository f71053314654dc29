//! Linking: one attempt by one end user, from the tenant's call to the stored account.
//!
//! `create → open → start → callback → complete`. A forwarded link passes every check of the provider's protocol. Only
//! the tenant can tell, from the user's own session, that the person who approved is the person who began. Therefore
//! the tenant is asked before the user's approval is exchanged.

mod browser;
mod callback;
mod complete;
mod create;
mod ending;
mod exchange;
mod grant;
mod keep;
mod lost;
mod parcel;
pub(super) mod places;
mod refusal;
mod standing;
mod start;
mod sweep;
mod visit;

pub use browser::{Binding, cookie_name, field_fits, field_of, is_cookie_name};
pub use callback::{AuthorizationResponse, callback};
pub use complete::complete;
pub use create::{create, offer};
pub use lost::lost_exchanges;
pub use standing::{Halt, Halted, Step, Stop};
pub use start::{Onward, decline, start};
pub use sweep::sweep;
pub use visit::{Opened, Visit, open, show};

use places::{approval_place, grant_place, parked_place};
