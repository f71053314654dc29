//! Acme's pages: plain HTML with stable ids and no script.

use askama::Template;
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::bowline::Bowline;

/// One linked account as the page shows it.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) files: Vec<File>,
}

/// One line of the list of files.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    /// A text such as `1.2 MB`; empty for a folder.
    pub(crate) size: String,
}

/// Nobody is signed in.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn;

/// The one page of the app.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) user: String,
    pub(crate) accounts: Vec<Linked>,
    /// An additional message, such as why the link is dead.
    pub(crate) notice: Option<String>,
}

/// The user declined at Dropbox.
#[derive(Debug, Template)]
#[template(path = "declined.html")]
pub(crate) struct Declined;

/// An error message for the user.
#[derive(Debug, Template)]
#[template(path = "trouble.html")]
pub(crate) struct Trouble {
    pub(crate) title: &'static str,
    pub(crate) detail: String,
}

/// A page with its status.
#[derive(Debug)]
pub(crate) struct Page<T>(pub(crate) Status, pub(crate) T);

impl<'r, T: Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let html = self.1.render().map_err(|error| {
            tracing::error!(%error, "a page could not be written");
            Status::InternalServerError
        })?;
        Response::build_from(RawHtml(html).respond_to(request)?).status(self.0).ok()
    }
}

/// No third-party assets. The button's POST is redirected to Bowline, and browsers apply `form-action` to redirects,
/// too.
pub(crate) fn content_policy(bowline: &Bowline) -> String {
    format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        bowline.origin().origin().ascii_serialization()
    )
}

/// A size in a readable unit, with one decimal.
pub(crate) fn in_words(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}
