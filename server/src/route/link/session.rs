//! The page that says which app requests what, and the button that begins.

use std::sync::Arc;

use bowline_api::LinkSessionId;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Status};
use rocket::{State, get, post};

use super::confirm::Confirm;
use super::cookies::{CookieReach, Cookies, SetCookies};
use super::failed::{Failed, Finish};
use super::language::Preferred;
use super::page::{BrowserPage, Onward, Redirect};
use super::sender::{FormSender, Posted};
use crate::app::App;
use crate::service::link::{self, Binding, Branding, Halt, LinkSetting, OpenedLink, field_of};
use crate::words::Words;

/// The query of the second of two identical posts of the link page.
const REPEATED_POST: &str = "again";

/// The response to a POST of the link page's ticket.
#[derive(rocket::Responder)]
pub(super) enum Answer {
    Onward(Box<BrowserPage<Onward>>),
    Redirect(Redirect),
}

#[get("/link/<ticket>")]
pub(super) async fn show(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
) -> Result<BrowserPage<Confirm>, Failed> {
    let opened = link::open(app, ticket).await?;
    let binding = presented_binding(app, &opened, &cookies).unwrap_or_default();
    let finish = || Finish { ticket: ticket.to_owned(), page: field_of(binding) };
    confirm_page(app, ticket, opened, &cookies, &preferred).map_err(|failed| failed.or_finish(finish))
}

#[post("/link/<ticket>", data = "<posted>")]
pub(super) async fn start(
    app: &State<Arc<App>>,
    ticket: &str,
    uri: &Origin<'_>,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
    posted: Posted<'_>,
) -> Result<Answer, Failed> {
    let opened = link::open(app, ticket).await?;
    let binding = presented_binding(app, &opened, &cookies);
    match posted.sender(&own_origin(app), &opened.posting_origins()?, binding) {
        FormSender::Ours => {}
        FormSender::Permitted if binding.is_some() => {}
        FormSender::Permitted if uri.query().is_none_or(|query| query.as_str() != REPEATED_POST) => {
            return Ok(Answer::Redirect(once_more(app, ticket, &opened, &cookies)?));
        }
        // The tenant's page does not identify itself, or the browser does not send our cookie from there, so our page
        // asks.
        FormSender::Unknown | FormSender::Permitted if opened.skips_the_page() => {
            let location = format!("/link/{ticket}");
            let cookies = SetCookies::default();
            return Ok(Answer::Redirect(Redirect { status: Status::SeeOther, location, cookies }));
        }
        other => return Err(refused(&opened, other)),
    }
    let (scope, setting) = (cookie_scope(&opened), opened.setting().clone());
    let onward = link::start(app, opened, binding).await;
    let onward = onward.map_err(|stop| Failed::from(stop).at(&setting))?;
    let words = onward_words(&preferred, &setting, onward.provider.as_deref());
    Ok(Answer::Onward(Box::new(move_on(app, &cookies, scope, onward, (words, setting.branding)))))
}

/// Sets the browser's cookie before the session is bound to it. Otherwise a browser in which the tenant's button was
/// pressed twice, or which comes back to it, could not prove that it is the same one, because it ignores cookies from a
/// response that it did not wait for.
fn once_more(
    app: &App,
    ticket: &str,
    opened: &OpenedLink,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Failed> {
    let binding = Binding::generate()?;
    let location = format!("/link/{ticket}?{REPEATED_POST}");
    let cookies = remember_link(app, cookies, cookie_scope(opened), &binding);
    Ok(Redirect { status: Status::TemporaryRedirect, location, cookies })
}

#[post("/link/<ticket>/cancel", data = "<posted>")]
pub(super) async fn cancel(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
    posted: Posted<'_>,
) -> Result<BrowserPage<Onward>, Failed> {
    let opened = link::open(app, ticket).await?;
    let binding = presented_binding(app, &opened, &cookies);
    match posted.sender(&own_origin(app), &[], binding) {
        FormSender::Ours => {}
        other => return Err(refused(&opened, other)),
    }
    let (scope, setting) = (cookie_scope(&opened), opened.setting().clone());
    let onward = link::decline(app, opened, binding).await;
    let onward = onward.map_err(|stop| Failed::from(stop).at(&setting))?;
    let words = onward_words(&preferred, &setting, None);
    Ok(move_on(app, &cookies, scope, onward, (words, setting.branding)))
}

/// Why a form from such a page has no effect.
pub(super) fn refused(opened: &OpenedLink, sender: FormSender) -> Failed {
    let why = match sender {
        FormSender::WithoutCookie => Halt::WithoutCookie,
        FormSender::Stale => Halt::OutOfDate,
        FormSender::Ours | FormSender::Permitted | FormSender::Unknown | FormSender::Foreign => Halt::Foreign,
    };
    opened.halted(why).into()
}

/// The texts for moving on to the provider, or else to the app.
pub(super) fn onward_words(
    preferred: &Preferred<'_>,
    setting: &LinkSetting,
    provider: Option<&str>,
) -> Words {
    let words = preferred.words(setting);
    match provider {
        Some(provider) => words.with_host("destination", provider),
        None => words.with("destination", &setting.app),
    }
}

/// A page that moves on to `onward`.
pub(super) fn move_on(
    app: &App,
    cookies: &Cookies<'_>,
    scope: CookieScope,
    onward: link::Onward,
    (words, branding): (Words, Branding),
) -> BrowserPage<Onward> {
    let cookies = remember_link(app, cookies, scope, &onward.binding);
    let language = words.language();
    BrowserPage {
        status: Status::Ok,
        language,
        template: Onward { location: onward.location, words, branding },
        cookies,
    }
}

/// Our page, and the cookie that binds it to this browser.
fn confirm_page(
    app: &App,
    ticket: &str,
    opened: OpenedLink,
    cookies: &Cookies<'_>,
    preferred: &Preferred<'_>,
) -> Result<BrowserPage<Confirm>, Failed> {
    let binding = presented_binding(app, &opened, cookies);
    let (scope, setting) = (cookie_scope(&opened), opened.setting().clone());
    let visit = opened.visit(binding).map_err(|stop| Failed::from(stop).at(&setting))?;
    let cookies = remember_link(app, cookies, scope, &visit.binding);
    let template = Confirm::of(visit, ticket, preferred);
    Ok(BrowserPage { status: Status::Ok, language: template.language(), template, cookies })
}

/// The cookie value that this browser sent for the link.
pub(super) fn presented_binding<'r>(
    app: &App,
    opened: &OpenedLink,
    cookies: &Cookies<'r>,
) -> Option<&'r str> {
    cookies.value(&link::cookie_name(app.settings.is_https(), opened.id()))
}

/// Makes the browser remember the link for its maximum lifetime and one more day.
fn remember_link(app: &App, cookies: &Cookies<'_>, scope: CookieScope, binding: &Binding) -> SetCookies {
    cookies.binding(app.settings.is_https(), scope, binding, app.settings.link.session_seconds)
}

/// The link of a cookie, and the pages from which it must be sent.
pub(super) type CookieScope = (LinkSessionId, CookieReach);

pub(super) fn cookie_scope(opened: &OpenedLink) -> CookieScope {
    (opened.id(), if opened.skips_the_page() { CookieReach::Tenant } else { CookieReach::Own })
}

pub(super) fn own_origin(app: &App) -> String {
    app.settings.public_url.origin().ascii_serialization()
}

#[get("/link/style.css")]
pub(super) fn style() -> (ContentType, &'static str) {
    (ContentType::CSS, include_str!("../../../templates/link/style.css"))
}
