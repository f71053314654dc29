//! The tenant API.

mod accounts;
mod link_sessions;
mod token_care;
mod tokens;

use rocket::{Route, routes};
use utoipa::OpenApi;

use super::openapi::Problems;

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
        tokens::for_many,
        token_care::force,
        token_care::check,
    ]
}

/// The OpenAPI paths of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    link_sessions::create,
    link_sessions::show,
    link_sessions::complete,
    accounts::list,
    accounts::show,
    accounts::delete,
    tokens::for_account,
    tokens::for_user,
    tokens::for_many,
    token_care::force,
    token_care::check,
))]
struct Document;

/// The part of the OpenAPI document that is about these routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
