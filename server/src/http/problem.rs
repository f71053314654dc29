//! Errors as `application/problem+json` (RFC 9457), for handlers, guards and Rocket's own errors.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use bowline_api::Problem;
use rocket::http::{ContentType, Header, Status};
use rocket::outcome::Outcome;
use rocket::response::{Responder, Response};
use rocket::{Catcher, Request, catch, catchers, response};

use super::request_id::RequestId;
use super::token_failures;
use crate::domain::{Code, Error, Refusal, chain, error};
use crate::metrics::{self, LimitKind};

/// The error of a guard, stored until the catcher runs, because Rocket does not pass it on.
#[derive(Default)]
struct KeptRefusal(Mutex<Option<Refusal>>);

/// When to retry, according to the stored error. A page's catcher does not know it.
#[derive(Default)]
struct Pause(OnceLock<u64>);

/// The number of seconds after which a request that a guard has rejected may be retried.
pub(super) fn pause(request: &Request<'_>) -> Option<u64> {
    request.local_cache(Pause::default).0.get().copied()
}

/// Lets a guard fail with one of our errors.
pub trait Refuse<'r> {
    /// Stores `error` for the catcher and ends the guard.
    fn refuse<S, F>(&'r self, error: Error) -> Outcome<S, (Status, ()), F>;
}

impl<'r> Refuse<'r> for Request<'_> {
    fn refuse<S, F>(&'r self, error: Error) -> Outcome<S, (Status, ()), F> {
        let status = Status::new(error.code().status());
        let refusal = refusal_of(error, RequestId::of(self));
        if let Some(seconds) = refusal.retry_after_seconds() {
            self.local_cache(Pause::default).0.set(seconds).ok();
        }
        if let Ok(mut kept) = self.local_cache(KeptRefusal::default).0.lock() {
            *kept = Some(refusal);
        }
        Outcome::Error((status, ()))
    }
}

/// The refusal that the caller gets for `error`. Details that the caller does not get are logged.
fn refusal_of(error: Error, request_id: &RequestId) -> Refusal {
    log(&error, request_id);
    let code = error.code();
    match error {
        Error::Refused(refusal) => *refusal,
        Error::Unavailable(_) if code == Code::RateLimited => {
            metrics::limited(LimitKind::Places);
            let detail = "too many of your calls are in progress; send fewer at the same time, and try again";
            code.because(detail).retry_after(Duration::from_secs(1))
        }
        Error::Unavailable(_) => {
            let detail = "the database cannot be reached; nothing was changed, try again";
            code.because(detail).retry_after(Duration::from_secs(1))
        }
        Error::Unconfirmed(_) => {
            let detail = "the database did not confirm whether the change was made; check, or try again";
            code.because(detail).retry_after(Duration::from_secs(1))
        }
        _ => code.because("an internal error occurred; quote the request id when you ask for help"),
    }
}

/// Logs what the caller is not told. Called once for each failed request, where it is answered.
pub fn log(error: &Error, request_id: &RequestId) {
    let request_id = request_id.as_str();
    match error {
        Error::Refused(_) => {}
        _ if error.is_crowded() => {}
        Error::Unavailable(_) | Error::Unconfirmed(_) => {
            tracing::warn!(request_id, error = %chain(error), "the database is not available");
        }
        _ => tracing::error!(request_id, error = %chain(error), "a request failed"),
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let refusal = refusal_of(self, RequestId::of(request));
        render_problem(&refusal, request)
    }
}

/// The error of one of several items in a request, in the form used in the response.
pub fn of(error: Error, request_id: &RequestId) -> Problem {
    let refusal = refusal_of(error, request_id);
    let mut problem = to_wire(&refusal, request_id);
    // It has no header of its own.
    if let Some(seconds) = refusal.retry_after_seconds() {
        problem.extra.insert("retry_after".to_owned(), seconds.into());
    }
    problem
}

fn to_wire(refusal: &Refusal, request_id: &RequestId) -> Problem {
    let code = refusal.code;
    Problem {
        kind: format!("urn:bowline:problem:{}", code.as_str()),
        title: code.title().to_owned(),
        status: code.status(),
        code: code.as_str().to_owned(),
        detail: refusal.detail.to_string(),
        request_id: request_id.as_str().to_owned(),
        extra: refusal.facts.members(),
    }
}

fn render_problem(refusal: &Refusal, request: &Request<'_>) -> response::Result<'static> {
    let code = refusal.code;
    let body = serde_json::to_vec(&to_wire(refusal, RequestId::of(request)))
        .map_err(|_| Status::InternalServerError)?;
    let mut response = Response::build();
    response
        .status(Status::new(code.status()))
        .header(ContentType::new("application", "problem+json"))
        .sized_body(body.len(), std::io::Cursor::new(body));
    if let Some(seconds) = refusal.retry_after_seconds() {
        response.header(Header::new("Retry-After", seconds.to_string()));
    }
    if code.status() == 401 {
        response.header(Header::new("WWW-Authenticate", "Bearer realm=\"bowline\""));
    }
    response.ok()
}

/// Renders the stored error of a guard, or Rocket's own error.
#[catch(default)]
fn problem(status: Status, request: &Request<'_>) -> Error {
    let refusal = kept(request).unwrap_or_else(|| by_status(status));
    token_failures::request(request, refusal.code);
    refusal.into()
}

/// The error of a guard of this request, if one failed.
pub fn kept(request: &Request<'_>) -> Option<Refusal> {
    request.local_cache(KeptRefusal::default).0.lock().ok()?.take()
}

fn by_status(status: Status) -> Refusal {
    match status.code {
        404 => Code::NotFound.because(error::NO_SUCH_THING),
        405 => Code::MethodNotAllowed.because("this path does not support this method; see /openapi.json"),
        413 => Code::BodyTooLarge.because("bodies may have 64 KiB at most"),
        415 => Code::UnsupportedMediaType.because("send the body as Content-Type: application/json"),
        503 => Code::DatabaseUnavailable.because("try again").retry_after(Duration::from_secs(1)),
        400..=499 => Code::InvalidRequest.because("the request is malformed; see /openapi.json"),
        _ => Code::Internal.because("an internal error occurred; quote the request id when you ask for help"),
    }
}

/// The catcher of the API routes.
pub fn catchers() -> Vec<Catcher> {
    catchers![problem]
}
