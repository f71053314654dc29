//! The handlers of `/openapi.json`: the OpenAPI document, as each listener serves it.

use std::sync::LazyLock;

use rocket::get;
use rocket::http::ContentType;

use super::document;
use super::list::{PAGE, RouteGroup, undocumented};
use crate::http::NoQuery;

static WHOLE: LazyLock<String> = LazyLock::new(|| document::whole().to_pretty_json().unwrap_or_default());
static PUBLIC: LazyLock<String> = LazyLock::new(|| document::public().to_pretty_json().unwrap_or_default());

#[get("/openapi.json")]
fn whole(_query: NoQuery) -> (ContentType, &'static str) {
    (ContentType::JSON, WHOLE.as_str())
}

#[get("/openapi.json")]
fn public(_query: NoQuery) -> (ContentType, &'static str) {
    (ContentType::JSON, PUBLIC.as_str())
}

/// For the internal listener: the complete document.
pub(super) fn internal_group() -> RouteGroup {
    undocumented![whole]
}

/// For the public listener: only `/v1`.
pub(super) fn public_group() -> RouteGroup {
    undocumented![public => PAGE]
}
