//! All routes, in one list.

pub mod link;
pub mod v1;

use rocket::Route;

/// What end users and tenant apps reach.
pub fn public() -> Vec<(&'static str, Vec<Route>)> {
    vec![("/link", link::routes()), ("/v1", v1::routes())]
}

/// What operators and monitoring reach.
pub fn internal() -> Vec<(&'static str, Vec<Route>)> {
    vec![]
}
