//! The page that says who asks for what, and the button that begins.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::http::{ContentType, CookieJar, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, State, get, post};

use super::page::{Failed, Page, SeeOther};
use super::scope_words::words;
use crate::app::App;
use crate::domain::Code;
use crate::service::link::{self, Visit};

/// Flows that one browser may have under way.
const MAX_FLOWS: usize = 8;

/// The page before Dropbox.
#[derive(Template)]
#[template(path = "link/confirm.html")]
pub(super) struct Confirm {
    visit: Visit,
    scopes: Vec<Scope>,
}

/// A scope in plain words.
struct Scope {
    name: String,
    words: &'static str,
}

#[get("/<ticket>")]
pub(super) async fn show(app: &State<Arc<App>>, ticket: &str) -> Result<Page<Confirm>, Failed> {
    let visit = link::visit(app, ticket).await?;
    // After the POST the browser is led on to Dropbox, and from there, if it knows the user, straight to the tenant.
    let dropbox = app.settings.dropbox.web_url.origin().ascii_serialization();
    let form_action = format!("{dropbox} {}", visit.return_origin);
    let scopes = visit.scopes.iter().map(|name| Scope { name: name.clone(), words: words(name) }).collect();
    Ok(Page { status: Status::Ok, template: Confirm { visit, scopes }, form_action })
}

#[post("/<ticket>")]
pub(super) async fn start(
    app: &State<Arc<App>>,
    ticket: &str,
    from: PostedFrom<'_>,
    cookies: &CookieJar<'_>,
) -> Result<SeeOther, Failed> {
    let visit = link::visit(app, ticket).await?;
    if !from.is_allowed(&app.settings.public_url.origin().ascii_serialization(), &visit.posting_origins) {
        return Err(Failed(Code::ForeignOrigin.because("the form was posted from another site").into()));
    }
    let flows = cookies.iter().filter(|cookie| cookie.name().contains("bowline-")).count();
    if flows >= MAX_FLOWS {
        let detail = "this browser has too many links under way; finish one, or wait ten minutes";
        let pause = Duration::from_secs(app.settings.link.session_seconds);
        return Err(Failed(Code::RateLimited.because(detail).retry_after(pause).into()));
    }
    Ok(SeeOther::begin(link::start(app, ticket).await?, app.settings.is_https()))
}

#[get("/style.css")]
pub(super) fn style() -> (ContentType, &'static str) {
    (ContentType::CSS, include_str!("../../../templates/link/style.css"))
}

/// Which site a form was posted from, by the headers that pages cannot set.
pub(super) struct PostedFrom<'r> {
    origin: Option<&'r str>,
    site: Option<&'r str>,
}

impl PostedFrom<'_> {
    /// Our own page sends `Origin: null`, because it sends no Referer; then only `Sec-Fetch-Site` can tell.
    fn is_allowed(&self, own: &str, others: &[String]) -> bool {
        match (self.origin, self.site) {
            (Some(origin), _) if origin == own => true,
            (Some("null") | None, Some("same-origin")) => true,
            (Some(origin), _) => others.iter().any(|other| other == origin),
            (None, _) => false,
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PostedFrom<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let headers = request.headers();
        Outcome::Success(Self { origin: headers.get_one("origin"), site: headers.get_one("sec-fetch-site") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_from_another_site_is_not_allowed() {
        let own = "https://link.example";
        let others = ["https://photos.example".to_owned()];
        let from = |origin, site| PostedFrom { origin, site };
        assert!(from(Some(own), Some("same-origin")).is_allowed(own, &[]));
        assert!(from(Some("null"), Some("same-origin")).is_allowed(own, &[]));
        assert!(from(Some("https://photos.example"), Some("cross-site")).is_allowed(own, &others));
        for (origin, site) in [
            (Some("https://evil.example"), Some("cross-site")),
            (Some("https://evil.example"), None),
            (Some("null"), Some("cross-site")),
            (Some("null"), None),
            (None, Some("cross-site")),
            (None, Some("none")),
            (None, None),
        ] {
            assert!(!from(origin, site).is_allowed(own, &others), "{origin:?} {site:?}");
        }
    }
}
