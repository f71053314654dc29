//! What a browser gets: pages with a strict policy, and redirects that are made of our own URLs alone.

use askama::Template;
use rocket::http::{ContentType, Cookie, Header, SameSite, Status};
use rocket::response::{self, Responder, Response};
use rocket::time::Duration;
use rocket::{Catcher, Request, catch, catchers};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::domain::{Code, Error};
use crate::guard::problem;
use crate::guard::request_id::RequestId;
use crate::service::link::{Started, WAY_BACK};

/// A page, and the origins that its form may lead to (browsers apply `form-action` to every redirect after a POST).
pub(super) struct Page<T> {
    pub(super) status: Status,
    pub(super) template: T,
    pub(super) form_action: String,
}

impl<'r, T: Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let html = self.template.render().map_err(|error| {
            tracing::error!(%error, "a page cannot be rendered");
            Status::InternalServerError
        })?;
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.form_action
        );
        Response::build()
            .status(self.status)
            .header(ContentType::HTML)
            .header(Header::new("Content-Security-Policy", policy))
            .sized_body(html.len(), std::io::Cursor::new(html))
            .ok()
    }
}

/// A failure in plain words.
#[derive(Template)]
#[template(path = "link/failure.html")]
struct Failure<'a> {
    heading: &'static str,
    words: &'static str,
    code: &'static str,
    request_id: &'a str,
    back: Option<&'a str>,
}

/// A failed step of the flow, as a page.
pub(super) struct Failed(pub(super) Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let request_id = RequestId::of(request);
        problem::log(&self.0, request_id);
        let (back, pause) = match &self.0 {
            Error::Refused(refusal) => (
                refusal.extra.get(WAY_BACK).and_then(|origin| origin.as_str()),
                refusal.retry_after_seconds(),
            ),
            _ => (None, None),
        };
        let mut response = failure(self.0.code(), back, request)?;
        if matches!(response.status().code, 429 | 503) {
            response.set_header(Header::new("Retry-After", pause.unwrap_or(1).to_string()));
        }
        Ok(response)
    }
}

fn failure(code: Code, back: Option<&str>, request: &Request<'_>) -> response::Result<'static> {
    let (heading, words) = words(code);
    let request_id = RequestId::of(request);
    let template = Failure { heading, words, code: code.as_str(), request_id: request_id.as_str(), back };
    Page { status: Status::new(code.status()), template, form_action: String::new() }.respond_to(request)
}

/// What an end user is told; nothing of what was sent to us is repeated.
fn words(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::NotFound => (
            "This link does not work",
            "It may be cut short or mistyped. Go back to the app that you came from and begin again there.",
        ),
        Code::LinkExpired => (
            "This link is too old",
            "For your safety a link lasts a few minutes only. Go back to the app that you came from and begin again there.",
        ),
        Code::LinkFinished => (
            "This link has been used",
            "Each link works once. If your account is not linked yet, go back to the app that you came from and begin again there.",
        ),
        Code::InvalidRequest => (
            "This does not belong to your browser",
            "The answer from Dropbox does not fit anything that was begun in this browser. Nothing was linked. Go back to the app \
             that you came from, begin again there, and do not switch browsers on the way.",
        ),
        Code::ForeignOrigin => (
            "This was sent by another site",
            "Nothing was linked. Go back to the app that you came from and begin again there.",
        ),
        Code::DatabaseUnavailable | Code::ProviderUnavailable | Code::RateLimited | Code::UnknownState => (
            "Please try again in a moment",
            "Something that we need cannot be reached just now. Nothing was linked.",
        ),
        _ => (
            "Something went wrong here",
            "Nothing was linked. Go back to the app that you came from and begin again there. If it happens again, give its \
             makers the request number below.",
        ),
    }
}

#[catch(default)]
fn page(status: Status, request: &Request<'_>) -> Caught {
    Caught(problem::kept(request).map_or_else(|| code(status), |refusal| refusal.code))
}

struct Caught(Code);

impl<'r> Responder<'r, 'static> for Caught {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        failure(self.0, None, request)
    }
}

fn code(status: Status) -> Code {
    match status.code {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        400..=499 => Code::InvalidRequest,
        _ => Code::Internal,
    }
}

pub(super) fn catchers() -> Vec<Catcher> {
    catchers![page]
}

/// 303 to a URL that we made, with the cookie that the step sets or spends.
pub(super) struct SeeOther {
    location: Url,
    cookie: Cookie<'static>,
}

impl SeeOther {
    /// To the provider, with the browser bound.
    pub(super) fn begin(started: Started, https: bool) -> Self {
        let cookie = binding(started.cookie_name, started.cookie_value.expose_secret().to_owned(), https)
            .max_age(Duration::seconds(started.cookie_seconds.cast_signed()))
            .build();
        Self { location: started.authorize_url, cookie }
    }

    /// Back to the tenant, with the binding spent.
    pub(super) fn end(location: Url, cookie_name: String, https: bool) -> Self {
        let cookie = binding(cookie_name, String::new(), https).max_age(Duration::ZERO).build();
        Self { location, cookie }
    }
}

/// Lax, because the browser comes back from another site.
fn binding(
    name: String,
    value: String,
    https: bool,
) -> rocket::http::private::cookie::CookieBuilder<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(https).same_site(SameSite::Lax)
}

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .status(Status::SeeOther)
            .header(Header::new("Location", String::from(self.location)))
            .header(Header::new("Set-Cookie", self.cookie.to_string()))
            .ok()
    }
}
