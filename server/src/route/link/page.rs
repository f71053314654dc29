//! Pages for browsers, with a strict policy. The POST of a form ends on one of our pages that moves on by itself,
//! because browsers apply `form-action` to every redirect after a POST.

use askama::Template;
use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use url::Url;

use super::cookies::SetCookies;
use crate::service::link::Branding;
use crate::words::{Language, Words};

/// The policy of every page.
const PAGE_CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A page with its cookies.
pub(super) struct BrowserPage<T> {
    pub(super) status: Status,
    pub(super) language: Language,
    pub(super) template: T,
    pub(super) cookies: SetCookies,
}

impl<'r, T: Template> Responder<'r, 'static> for BrowserPage<T> {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let html = self.template.render().map_err(|error| {
            tracing::error!(%error, "a page could not be rendered");
            Status::InternalServerError
        })?;
        let mut response = Response::build()
            .status(self.status)
            .header(ContentType::HTML)
            .header(Header::new("Content-Security-Policy", PAGE_CONTENT_POLICY))
            .header(Header::new("Content-Language", self.language.tag()))
            .header(Header::new("Vary", "Accept-Language"))
            .sized_body(html.len(), std::io::Cursor::new(html))
            .finalize();
        self.cookies.put(&mut response);
        Ok(response)
    }
}

/// A redirect to another of our addresses: 307 with the same form, or 303 without it.
pub(super) struct Redirect {
    pub(super) status: Status,
    pub(super) location: String,
    pub(super) cookies: SetCookies,
}

impl<'r> Responder<'r, 'static> for Redirect {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response =
            Response::build().status(self.status).header(Header::new("Location", self.location)).finalize();
        self.cookies.put(&mut response);
        Ok(response)
    }
}

/// A page that moves on by itself.
#[derive(Template)]
#[template(path = "link/onward.html")]
pub(super) struct Onward {
    pub(super) location: Url,
    /// The page's texts, with the name of the destination.
    pub(super) words: Words,
    pub(super) branding: Branding,
}

/// Redirects back to the tenant with 303.
pub(super) struct SeeOther(pub(super) Url);

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build().status(Status::SeeOther).header(Header::new("Location", String::from(self.0))).ok()
    }
}
