//! The tenant API.

mod accounts;
mod link_sessions;
mod tokens;

use bowline_api::Problem;
use rocket::{Route, routes};
use utoipa::{IntoResponses, OpenApi};

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

/// What any call can end with instead of its answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only the OpenAPI document is made of it")]
enum Problems {
    /// The request is malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] Problem),
    /// No valid API key was given.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(#[to_schema] Problem),
    /// The API key lacks the permission, or the proof does not fit.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] Problem),
    /// The state of things does not allow it; `code` says which.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Problem),
    /// It was there and is not any more.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(#[to_schema] Problem),
    /// The body has more than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// The body is not `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(#[to_schema] Problem),
    /// A field's value is not acceptable.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidField(#[to_schema] Problem),
    /// Something went wrong here.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(#[to_schema] Problem),
    /// The provider refuses the connector, or makes no sense.
    #[response(status = 502, content_type = "application/problem+json")]
    Provider(#[to_schema] Problem),
    /// The provider or the database cannot be reached; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] Problem),
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
))]
struct Document;

/// The part of the OpenAPI document that is about these routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
