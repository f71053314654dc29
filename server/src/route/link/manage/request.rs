//! What all requests for the page with a user's accounts have in common.

use rocket::http::Status;

use crate::app::App;
use crate::route::link::cookies::{CookieReach, Cookies, SetCookies};
use crate::route::link::failed::Failed;
use crate::route::link::language::Preferred;
use crate::route::link::page::Redirect;
use crate::route::link::sender::{FormSender, Posted};
use crate::service::link::{Binding, Halt};
use crate::service::manage::{self, OpenedManageSession};
use crate::words::Words;

/// The cookie value that this browser sent for the session.
pub(super) fn presented<'r>(
    app: &App,
    opened: &OpenedManageSession,
    cookies: &Cookies<'r>,
) -> Option<&'r str> {
    cookies.value(&manage::cookie_name(app.settings.is_https(), opened.id()))
}

/// Makes the browser remember the session for its maximum lifetime and one more day.
pub(super) fn remember(
    app: &App,
    opened: &OpenedManageSession,
    cookies: &Cookies<'_>,
    binding: &Binding,
) -> SetCookies {
    let scope = (opened.id().uuid().into(), CookieReach::Own);
    // It may be opened at the end of its time, and works as long again.
    cookies.binding(app.settings.is_https(), scope, binding, 2 * app.settings.link.session_seconds)
}

/// Refuses a form that does not come from our own page in this browser.
///
/// # Errors
/// The page that says so.
pub(super) fn is_ours(
    app: &App,
    opened: &OpenedManageSession,
    posted: &Posted<'_>,
    cookie: Option<&str>,
) -> Result<(), Failed> {
    let own = app.settings.public_url.origin().ascii_serialization();
    let why = match posted.sender(&own, &[], cookie) {
        FormSender::Ours => return Ok(()),
        FormSender::WithoutCookie => Halt::PageWithoutCookie,
        FormSender::Stale => Halt::OutOfDate,
        FormSender::Permitted | FormSender::Unknown | FormSender::Foreign => Halt::Foreign,
    };
    Err(opened.halted(why).into())
}

/// Opens the session of a ticket for a browser that has opened its page.
///
/// # Errors
/// The page that says why it does not work here.
pub(super) async fn opened_here(
    app: &App,
    ticket: &str,
    cookies: &Cookies<'_>,
) -> Result<OpenedManageSession, Failed> {
    let opened = manage::open(app, ticket).await?;
    let cookie = presented(app, &opened, cookies);
    Ok(opened.opened_here(cookie)?)
}

/// Like [`opened_here`], for a form on the page.
///
/// # Errors
/// The page that says why it does not work here.
pub(super) async fn posted_here(
    app: &App,
    ticket: &str,
    cookies: &Cookies<'_>,
    posted: &Posted<'_>,
) -> Result<OpenedManageSession, Failed> {
    let opened = manage::open(app, ticket).await?;
    let cookie = presented(app, &opened, cookies);
    is_ours(app, &opened, posted, cookie)?;
    Ok(opened.opened_here(cookie)?)
}

/// The path of the page.
pub(super) fn path(ticket: &str) -> String {
    format!("/link/manage/{ticket}")
}

/// Shows the page after a form of it was posted, so that reloading it posts nothing again. `place` is where the browser looks.
pub(super) fn to_the_page(ticket: &str, place: Option<&str>) -> Redirect {
    let place = place.map(|id| format!("#{id}")).unwrap_or_default();
    let location = format!("{}{place}", path(ticket));
    Redirect { status: Status::SeeOther, location, cookies: SetCookies::default() }
}

/// The texts of the session, with its names.
pub(super) fn words(opened: &OpenedManageSession, preferred: &Preferred<'_>) -> Words {
    let words = preferred.words(opened.setting()).with("tenant", opened.tenant());
    words.with_id("user", opened.user(), "external-user")
}
