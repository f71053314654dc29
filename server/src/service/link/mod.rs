//! Linking: one attempt by one end user, from the tenant's call to the stored account.
//!
//! `create → open → start → callback → complete`. A forwarded link passes every check of the provider's protocol. Only
//! the tenant can tell, from the user's own session, that the person who approved is the person who began. Therefore
//! the tenant is asked before the user's approval is exchanged.

mod browser;
mod cancel;
mod complete;
mod create;
mod list;
mod lost;
pub(super) mod places;
mod refusal;
mod role;
mod show;
mod sweep;
mod upgrade;
mod wait;
mod waits;

pub use super::connector::branding::Branding;
pub use browser::again::{Again, hidden};
pub use browser::binding::{Binding, cookie_name, field_fits, field_of, is_cookie_name};
pub use browser::callback::{AuthorizationResponse, callback};
pub use browser::choose::choose_again;
pub use browser::outcome::{open_by_id, outcome};
pub use browser::setting::{DROPBOX, LinkSetting};
pub use browser::standing::{Halt, Halted, LinkStep, Stop, StopCause};
pub use browser::start::{Onward, decline, start};
pub(super) use browser::visit::opened;
pub use browser::visit::{OpenedLink, Visit, open};
pub use cancel::cancel;
pub use complete::complete;
pub use create::{completion_challenge, create, create_bound, no_connector_yet, offer};
pub use list::{LinkSessionQuery, list};
pub use lost::lost_exchanges;
pub use show::show;
pub use sweep::sweep;
pub use wait::{wait, watch};
pub use waits::Waits;

use places::{approval_place, grant_place, parked_place};
