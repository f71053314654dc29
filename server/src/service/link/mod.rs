//! Linking: one attempt of one end user, from the tenant's call to the stored account.
//!
//! `create → visit → start → callback → complete`. A forwarded link passes state and PKCE; only the tenant, from the user's own
//! session, can tell that the person who approved is the person who began. So it is asked before the code is exchanged.

mod callback;
mod complete;
mod create;
mod exchange;
mod grant;
mod keep;
mod lost;
mod places;
mod refusal;
mod start;
mod sweep;
mod visit;

pub use callback::{Came, Outcome, callback};
pub use complete::complete;
pub use create::{create, offer};
pub use lost::lost_exchanges;
pub use start::{Started, start};
pub use sweep::sweep;
pub use visit::{Visit, WAY_BACK, show, visit};

use places::{code_place, grant_place, verifier_place};

use crate::domain::credential::Digest;

/// The name of the cookie that binds a browser to the flow with this state: one for each flow, so that two tabs do not collide.
pub fn cookie_name(https: bool, state: Digest) -> String {
    // Without https there is no Secure attribute, and without that no `__Host-` prefix: development on a loopback address.
    let prefix = if https { "__Host-" } else { "" };
    format!("{prefix}bowline-{}", &state.to_hex()[..16])
}
