//! The page that says who asks for what, and the button that begins.

use std::sync::Arc;

use askama::Template;
use bowline_api::LinkSessionId;
use rocket::http::{ContentType, Status};
use rocket::{State, get, post};

use super::cookies::{Cookies, SetCookies};
use super::page::{Failed, Onward, Page};
use super::scope_words::words;
use super::sender::{Posted, Sender};
use crate::app::App;
use crate::domain::Code;
use crate::service::link::{self, Binding, Opened, Visit};

/// The page before Dropbox.
#[derive(Template)]
#[template(path = "link/confirm.html")]
pub(super) struct Confirm {
    visit: Visit,
    scopes: Vec<Scope>,
    ticket: String,
    /// The hidden field that tells our own page.
    page: String,
}

/// A scope in plain words.
struct Scope {
    name: String,
    words: &'static str,
}

/// What a POST of the ticket is answered with.
#[derive(rocket::Responder)]
pub(super) enum Answer {
    Onward(Box<Page<Onward>>),
    Confirm(Box<Page<Confirm>>),
}

#[get("/<ticket>")]
pub(super) async fn show(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
) -> Result<Page<Confirm>, Failed> {
    let opened = link::open(app, ticket).await?;
    confirm(app, ticket, opened, &cookies)
}

#[post("/<ticket>", data = "<posted>")]
pub(super) async fn start(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    posted: Posted<'_>,
) -> Result<Answer, Failed> {
    let opened = link::open(app, ticket).await?;
    let binding = shown(app, &opened, &cookies);
    match posted.sender(&own_origin(app), &opened.posting_origins()?, binding) {
        Sender::Ours | Sender::Permitted => {}
        Sender::WithoutCookie => return Err(Failed::WithoutCookie),
        Sender::Stale => return Err(Failed::Stale),
        // The tenant's page says nothing about itself, so our page asks.
        Sender::Unknown if opened.skips_the_page() => {
            return Ok(Answer::Confirm(Box::new(confirm(app, ticket, opened, &cookies)?)));
        }
        Sender::Unknown | Sender::Foreign => return Err(foreign()),
    }
    let (id, app_name) = (opened.id(), opened.app().to_owned());
    let onward = link::start(app, opened, binding).await?;
    let is_dropbox = onward.location.origin() == app.settings.dropbox.web_url.origin();
    let name = if is_dropbox { "Dropbox".to_owned() } else { app_name };
    Ok(Answer::Onward(Box::new(move_on(app, &cookies, id, onward, name))))
}

#[post("/<ticket>/cancel", data = "<posted>")]
pub(super) async fn cancel(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    posted: Posted<'_>,
) -> Result<Page<Onward>, Failed> {
    let opened = link::open(app, ticket).await?;
    let binding = shown(app, &opened, &cookies);
    match posted.sender(&own_origin(app), &[], binding) {
        Sender::Ours => {}
        Sender::WithoutCookie => return Err(Failed::WithoutCookie),
        Sender::Stale => return Err(Failed::Stale),
        Sender::Permitted | Sender::Unknown | Sender::Foreign => return Err(foreign()),
    }
    let (id, name) = (opened.id(), opened.app().to_owned());
    let onward = link::decline(app, opened, binding).await?;
    Ok(move_on(app, &cookies, id, onward, name))
}

/// A page that moves on to `onward`, which is called `name`.
fn move_on(
    app: &App,
    cookies: &Cookies<'_>,
    id: LinkSessionId,
    onward: link::Onward,
    name: String,
) -> Page<Onward> {
    let cookies = remember(app, cookies, id, &onward.binding);
    Page { status: Status::Ok, template: Onward { location: onward.location, name }, cookies }
}

/// Our page, and the cookie that ties it to this browser.
fn confirm(app: &App, ticket: &str, opened: Opened, cookies: &Cookies<'_>) -> Result<Page<Confirm>, Failed> {
    let binding = shown(app, &opened, cookies);
    let id = opened.id();
    let visit = opened.visit(binding)?;
    let cookies = remember(app, cookies, id, &visit.binding);
    let scopes = visit.scopes.iter().map(|name| Scope { name: name.clone(), words: words(name) }).collect();
    let page = visit.binding.field();
    let template = Confirm { visit, scopes, ticket: ticket.to_owned(), page };
    Ok(Page { status: Status::Ok, template, cookies })
}

/// What this browser remembers of the link.
fn shown<'r>(app: &App, opened: &Opened, cookies: &Cookies<'r>) -> Option<&'r str> {
    cookies.value(&link::cookie_name(app.settings.is_https(), opened.id()))
}

/// Lets the browser remember the link for as long as it can last, and a day more.
fn remember(app: &App, cookies: &Cookies<'_>, id: LinkSessionId, binding: &Binding) -> SetCookies {
    cookies.binding(app.settings.is_https(), id, binding, app.settings.link.session_seconds)
}

fn own_origin(app: &App) -> String {
    app.settings.public_url.origin().ascii_serialization()
}

fn foreign() -> Failed {
    crate::domain::Error::from(Code::ForeignOrigin.because("the form was posted from another site")).into()
}

#[get("/style.css")]
pub(super) fn style() -> (ContentType, &'static str) {
    (ContentType::CSS, include_str!("../../../templates/link/style.css"))
}
