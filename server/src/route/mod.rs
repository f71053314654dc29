//! All routes, in one list for each listener.

pub mod admin;
pub mod link;
pub mod openapi;
pub mod ops;
pub mod v1;

use rocket::Route;

use crate::guard::query;

/// What end users and tenant apps reach.
pub fn public() -> Vec<(&'static str, Vec<Route>)> {
    query::document(openapi::query_names);
    vec![("/link", link::routes()), ("/v1", v1::routes()), ("/", openapi::public_routes())]
}

/// What operators and monitoring reach.
pub fn internal() -> Vec<(&'static str, Vec<Route>)> {
    query::document(openapi::query_names);
    vec![("/", admin::routes()), ("/", ops::routes()), ("/", openapi::internal_routes())]
}
