//! Pages for browsers, with a strict policy. The POST of a form ends on one of our pages that moves on by itself,
//! because browsers apply `form-action` to every redirect after a POST.

use askama::Template;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Catcher, Request, catch, catchers};
use url::Url;

use super::cookies::SetCookies;
use super::words::{self, Words};
use crate::domain::{Code, Error};
use crate::http::problem;
use crate::http::request_id::RequestId;
use crate::service::link::{Halt, Stop};

/// The policy of every page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A page with its cookies.
pub(super) struct Page<T> {
    pub(super) status: Status,
    pub(super) template: T,
    pub(super) cookies: SetCookies,
}

impl<'r, T: Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let html = self.template.render().map_err(|error| {
            tracing::error!(%error, "a page could not be rendered");
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
    /// The name of the destination, such as "Dropbox".
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
    /// Whether the page reloads by itself.
    looks_again: bool,
    finish: Option<Finish>,
}

/// The button for a user who has approved, but whose app has not finished. It leads back there with another link code.
pub(super) struct Finish {
    pub(super) ticket: String,
    /// The hidden field that identifies our own page.
    pub(super) page: String,
}

/// A page for a step of the flow that was not performed.
pub(super) struct Failed {
    stop: Stop,
    finish: Option<Finish>,
}

impl Failed {
    /// Adds the button that finishes, if the browser has approved.
    pub(super) fn or_finish(mut self, finish: impl FnOnce() -> Finish) -> Self {
        if matches!(&self.stop, Stop::Halted(halted) if halted.why == Halt::Approved) {
            self.finish = Some(finish());
        }
        self
    }
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self { stop, finish: None }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Stop::from(error).into()
    }
}

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self.stop {
            Stop::Failed(error) => failed(&error, request),
            Stop::Halted(halted) => {
                let (why, back) = (halted.why, halted.way_back.as_str());
                let looks_again = why == Halt::InProgress;
                let how = Ways { back: Some(back), looks_again, finish: self.finish };
                failure(words::of_halt(why), why.code(), how, request)
            }
        }
    }
}

fn failed(error: &Error, request: &Request<'_>) -> response::Result<'static> {
    problem::log(error, RequestId::of(request));
    let code = error.code();
    let mut response = failure(words::of_code(code), code, Ways::default(), request)?;
    if matches!(response.status().code, 429 | 503) {
        let pause = match error {
            Error::Refused(refusal) => refusal.retry_after_seconds(),
            _ => None,
        };
        response.set_header(Header::new("Retry-After", pause.unwrap_or(1).to_string()));
    }
    Ok(response)
}

/// The ways to continue after a failure.
#[derive(Default)]
struct Ways<'a> {
    back: Option<&'a str>,
    looks_again: bool,
    finish: Option<Finish>,
}

fn failure(
    (heading, words): Words,
    code: Code,
    Ways { back, looks_again, finish }: Ways<'_>,
    request: &Request<'_>,
) -> response::Result<'static> {
    let request_id = RequestId::of(request).as_str();
    let template = Failure { heading, words, code: code.as_str(), request_id, back, looks_again, finish };
    Page { status: Status::new(code.status()), template, cookies: SetCookies::default() }.respond_to(request)
}

#[catch(default)]
fn page(status: Status, request: &Request<'_>) -> Caught {
    Caught(problem::kept(request).map_or_else(|| code(status), |refusal| refusal.code))
}

struct Caught(Code);

impl<'r> Responder<'r, 'static> for Caught {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        failure(words::of_code(self.0), self.0, Ways::default(), request)
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

/// The catchers of these pages: a page, not JSON.
pub fn catchers() -> Vec<Catcher> {
    catchers![page]
}

/// Redirects back to the tenant with 303.
pub(super) struct SeeOther(pub(super) Url);

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build().status(Status::SeeOther).header(Header::new("Location", String::from(self.0))).ok()
    }
}
