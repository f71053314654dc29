//! What a browser gets: pages with a strict policy. A form's POST ends on a page of ours that moves on by itself, because
//! browsers apply `form-action` to every redirect after a POST.

use askama::Template;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Catcher, Request, catch, catchers};
use url::Url;

use super::cookies::SetCookies;
use super::words::{self, Words};
use crate::domain::{Code, Error};
use crate::guard::problem;
use crate::guard::request_id::RequestId;
use crate::service::link::{Halt, Stop};

/// Of every page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A page and the cookies that come with it.
pub(super) struct Page<T> {
    pub(super) status: Status,
    pub(super) template: T,
    pub(super) cookies: SetCookies,
}

impl<'r, T: Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let html = self.template.render().map_err(|error| {
            tracing::error!(%error, "a page cannot be rendered");
            Status::InternalServerError
        })?;
        let mut response = Response::build()
            .status(self.status)
            .header(ContentType::HTML)
            .header(Header::new("Content-Security-Policy", POLICY))
            .sized_body(html.len(), std::io::Cursor::new(html))
            .finalize();
        self.cookies.put(&mut response);
        Ok(response)
    }
}

/// To another address of ours: 307 with the same form, or 303 without it.
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
    /// Where that is, such as "Dropbox".
    pub(super) name: String,
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
    /// Whether the page looks again by itself.
    looks_again: bool,
}

/// A step of the flow that was not taken, as a page.
pub(super) struct Failed(Stop);

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self(stop)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self.0 {
            Stop::Failed(error) => failed(&error, request),
            Stop::Halted(halted) => {
                let (why, back) = (halted.why, halted.way_back.as_str());
                let looks_again = why == Halt::InProgress;
                failure(words::of_halt(why), why.code(), Some(back), looks_again, request)
            }
        }
    }
}

fn failed(error: &Error, request: &Request<'_>) -> response::Result<'static> {
    problem::log(error, RequestId::of(request));
    let code = error.code();
    let mut response = failure(words::of_code(code), code, None, false, request)?;
    if matches!(response.status().code, 429 | 503) {
        let pause = match error {
            Error::Refused(refusal) => refusal.retry_after_seconds(),
            _ => None,
        };
        response.set_header(Header::new("Retry-After", pause.unwrap_or(1).to_string()));
    }
    Ok(response)
}

fn failure(
    (heading, words): Words,
    code: Code,
    back: Option<&str>,
    looks_again: bool,
    request: &Request<'_>,
) -> response::Result<'static> {
    let request_id = RequestId::of(request).as_str();
    let template = Failure { heading, words, code: code.as_str(), request_id, back, looks_again };
    Page { status: Status::new(code.status()), template, cookies: SetCookies::default() }.respond_to(request)
}

#[catch(default)]
fn page(status: Status, request: &Request<'_>) -> Caught {
    Caught(problem::kept(request).map_or_else(|| code(status), |refusal| refusal.code))
}

struct Caught(Code);

impl<'r> Responder<'r, 'static> for Caught {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        failure(words::of_code(self.0), self.0, None, false, request)
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

/// 303 back to the tenant.
pub(super) struct SeeOther(pub(super) Url);

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build().status(Status::SeeOther).header(Header::new("Location", String::from(self.0))).ok()
    }
}
