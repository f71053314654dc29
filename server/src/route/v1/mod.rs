//! The tenant API.

mod accounts;
mod link_sessions;
mod tokens;

use rocket::{Route, routes};

/// The routes under `/v1`.
pub fn routes() -> Vec<Route> {
    routes![
        link_sessions::create,
        link_sessions::show,
        link_sessions::complete,
        accounts::list,
        accounts::show,
        accounts::delete,
        tokens::for_account,
        tokens::for_user,
    ]
}
