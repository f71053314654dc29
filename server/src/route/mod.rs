//! All routes, in one list for each listener.

pub mod admin;
pub mod openapi;
pub mod ops;

use rocket::Route;

/// What the internal listener serves.
pub fn internal() -> Vec<Route> {
    [admin::routes(), ops::routes(), openapi::internal_routes()].concat()
}
