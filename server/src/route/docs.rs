//! `/docs`: the public OpenAPI document as a page of Swagger UI, whose files come with its crate.
//!
//! The page is served from the origin of the link pages and runs a large third-party script. It is therefore served in
//! a sandbox: it has no origin, cannot read cookies, and cannot send requests.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use rocket::get;
use rocket::http::{ContentType, Header};
use utoipa_swagger_ui::Config;

use super::document;
use super::list::{PAGE, RouteGroup, undocumented};
use crate::domain::{Error, Result};
use crate::http::NoQuery;

/// The page's exception from the policy of all other responses: our own scripts and styles, and images within those
/// styles.
const DOCS_CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts";

/// The page.
#[derive(rocket::Responder)]
struct DocsPage {
    html: &'static str,
    kind: ContentType,
    policy: Header<'static>,
}

#[get("/docs")]
fn page(_query: NoQuery) -> DocsPage {
    DocsPage {
        html: include_str!("../../templates/docs/page.html"),
        kind: ContentType::HTML,
        policy: Header::new("Content-Security-Policy", DOCS_CONTENT_POLICY),
    }
}

/// The script contains the document, because a page without an origin may not fetch it.
static DOCS_START_SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let json = document::public().to_json().unwrap_or_default();
    format!("const DOCUMENT = {json};\n{}", include_str!("../../templates/docs/start.js"))
});

#[get("/docs/start.js")]
fn start(_query: NoQuery) -> (ContentType, &'static str) {
    (ContentType::JavaScript, DOCS_START_SCRIPT.as_str())
}

#[get("/docs/swagger-ui-bundle.js")]
fn script(_query: NoQuery) -> Result<(ContentType, Cow<'static, [u8]>)> {
    Ok((ContentType::JavaScript, docs_asset("swagger-ui-bundle.js")?))
}

#[get("/docs/swagger-ui.css")]
fn style(_query: NoQuery) -> Result<(ContentType, Cow<'static, [u8]>)> {
    Ok((ContentType::CSS, docs_asset("swagger-ui.css")?))
}

fn docs_asset(name: &str) -> Result<Cow<'static, [u8]>> {
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    file.ok().flatten().map(|file| file.bytes).ok_or_else(|| Error::bug("Swagger UI lacks a file"))
}

/// For the public listener.
pub(super) fn group() -> RouteGroup {
    undocumented![page => PAGE, start => PAGE, script => PAGE, style => PAGE]
}
