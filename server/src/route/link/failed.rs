//! The page of an end, as the response to a request that does not lead on.

use std::sync::Arc;

use askama::Template;
use rocket::http::{Header, Method, Status};
use rocket::response::{self, Responder};
use rocket::{Catcher, Request, catch, catchers};

use super::cookies::{Cookies, SetCookies};
use super::end::PageEnd;
use super::language::Preferred;
use super::page::BrowserPage;
use crate::app::App;
use crate::domain::{Code, Error};
use crate::http::problem;
use crate::http::request_id::RequestId;
use crate::service::link::{Branding, Halt, Halted, LinkSetting, Stop, StopCause, cookie_name, field_of};
use crate::words::Words;

/// The page of an end.
#[derive(Template)]
#[template(path = "link/end.html")]
struct EndPage<'a> {
    words: Words,
    branding: Branding,
    end: PageEnd,
    code: &'static str,
    ways: Ways<'a>,
}

/// The ways on. The first that exists is the page's button, and the others stand below it.
#[derive(Default)]
struct Ways<'a> {
    finish: Option<Finish>,
    choose: Option<Choose>,
    /// The same page again.
    again: Option<String>,
    /// The return URL.
    back: Option<&'a str>,
    /// Whether the app's name is known.
    knows_app: bool,
}

impl Ways<'_> {
    fn any(&self) -> bool {
        self.back_is_second() || self.back.is_some()
    }

    fn back_is_second(&self) -> bool {
        self.finish.is_some() || self.choose.is_some() || self.again.is_some()
    }

    fn back_words(&self) -> &'static str {
        if self.knows_app { "back" } else { "back-unnamed" }
    }
}

/// The button for a user who has approved, but whose app has not finished. It leads back there with another link code.
pub(super) struct Finish {
    pub(super) ticket: String,
    /// The hidden field that identifies our own page.
    pub(super) page: String,
}

/// The button for a user who has approved with a wrong account. It starts the same session again, in the same browser.
struct Choose {
    /// The path of the outcome page.
    path: String,
    /// The hidden field that identifies our own page.
    page: String,
}

impl Choose {
    /// The button, if the session waits for another account and this is its browser.
    fn of(halted: &Halted, request: &Request<'_>) -> Option<Self> {
        let app = request.rocket().state::<Arc<App>>().filter(|_| halted.why == Halt::ChooseAgain)?;
        let cookies = Cookies::of(request);
        let (tenant, session) = halted.link?;
        let cookie = cookies.value(&cookie_name(app.settings.is_https(), session))?;
        let path = format!("/link/{tenant}/outcome/{session}");
        Some(Self { path, page: field_of(cookie) })
    }
}

/// A page for a step of the flow that was not performed.
pub(super) struct Failed {
    stop: Stop,
    finish: Option<Finish>,
}

impl Failed {
    /// Adds the button that finishes, if the browser has approved.
    pub(super) fn or_finish(mut self, finish: impl FnOnce() -> Finish) -> Self {
        if matches!(&self.stop.cause, StopCause::Halted(halted) if halted.why == Halt::Approved) {
            self.finish = Some(finish());
        }
        self
    }

    /// Adds the names of the session to which it belongs.
    pub(super) fn at(self, setting: &LinkSetting) -> Self {
        Self { stop: self.stop.at(setting), ..self }
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
        let setting = self.stop.setting.as_deref();
        match &self.stop.cause {
            StopCause::Failed(error) => failed_page(error, setting, request),
            StopCause::Halted(halted) => {
                let back = Some(halted.way_back.as_str());
                let choose = Choose::of(halted, request);
                let ways = Ways { back, choose, finish: self.finish, ..Ways::default() };
                respond_with_end(
                    PageEnd::of_halted(halted, setting),
                    halted.why.code(),
                    ways,
                    setting,
                    request,
                )
            }
        }
    }
}

fn failed_page(
    error: &Error,
    setting: Option<&LinkSetting>,
    request: &Request<'_>,
) -> response::Result<'static> {
    problem::log(error, RequestId::of(request));
    let code = error.code();
    // A temporary failure does not end the session.
    let ended = matches!(error, Error::Refused(_)).then_some(code).filter(|code| code.status() != 503);
    let back = setting.and_then(|setting| setting.way_back(ended).ok().flatten()).map(String::from);
    let ways = Ways { back: back.as_deref(), ..Ways::default() };
    let mut response = respond_with_end(PageEnd::of_code(code), code, ways, setting, request)?;
    if matches!(response.status().code, 429 | 503) {
        let pause = match error {
            Error::Refused(refusal) => refusal.retry_after_seconds(),
            _ => None,
        };
        response.set_header(Header::new("Retry-After", pause.unwrap_or(1).to_string()));
    }
    Ok(response)
}

fn respond_with_end(
    end: PageEnd,
    code: Code,
    mut ways: Ways<'_>,
    setting: Option<&LinkSetting>,
    request: &Request<'_>,
) -> response::Result<'static> {
    let preferred = Preferred::of(request);
    let words = setting.map_or_else(|| preferred.words_without_session(), |setting| preferred.words(setting));
    let words = words.with_host("number", RequestId::of(request).as_str());
    ways.knows_app = setting.is_some();
    ways.again = end.may_pass().then(|| same_page(request));
    let language = words.language();
    let branding = setting.map(|setting| setting.branding.clone()).unwrap_or_default();
    let template = EndPage { words, branding, end, code: code.as_str(), ways };
    let status = Status::new(code.status());
    BrowserPage { status, language, template, cookies: SetCookies::default() }.respond_to(request)
}

/// The relative address at which a GET shows what this request would have shown. An empty one is the request's own, which
/// for a form is the page that it stands on, except for "Cancel".
fn same_page(request: &Request<'_>) -> String {
    let path = request.uri().path().as_str();
    if let Some((ticket, _)) = path.strip_prefix("/link/manage/").and_then(|rest| rest.split_once('/')) {
        return format!("/link/manage/{ticket}");
    }
    let form = (request.method() == Method::Post).then(|| path.strip_suffix("/cancel")).flatten();
    form.unwrap_or_default().to_owned()
}

#[catch(default)]
fn page(status: Status, request: &Request<'_>) -> Caught {
    Caught(problem::kept(request).map_or_else(|| code(status), |refusal| refusal.code))
}

struct Caught(Code);

impl<'r> Responder<'r, 'static> for Caught {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        respond_with_end(PageEnd::of_code(self.0), self.0, Ways::default(), None, request)
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
