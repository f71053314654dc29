//! `/admin/v1`: what operators call.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod connectors;
pub mod freezes;
pub mod lost_exchanges;
pub mod operators;
pub mod overview;
pub mod sessions;
pub mod tenants;

use std::sync::Arc;

use rocket::{Route, State, routes};

use crate::app::App;
use crate::guard::limited;

/// The process's shared state, as handlers take it.
pub(super) type Shared = State<Arc<App>>;

/// All of them.
pub fn routes() -> Vec<Route> {
    let mut all = limited::as_login(routes![sessions::log_in, operators::change_own_password]);
    all.extend(routes![
        sessions::log_out,
        sessions::whoami,
        overview::overview,
        tenants::list,
        tenants::add,
        connectors::list,
        connectors::add,
        connectors::replace_secret,
        connectors::disable,
        connectors::enable,
        api_keys::list,
        api_keys::add,
        api_keys::revoke,
        operators::list,
        operators::add,
        operators::change_password,
        operators::change_role,
        operators::disable,
        operators::enable,
        accounts::list,
        accounts::show,
        accounts::status,
        accounts::timeline,
        accounts::suspend,
        accounts::resume,
        accounts::revoke,
        lost_exchanges::list,
        freezes::list,
        freezes::lift,
        audit::list,
        audit::verify,
    ]);
    all
}
