//! The HTML pages: their common headers and their templates.

use askama::Template;
use rocket::{
    Request, Response,
    http::Header,
    response::{self, Responder},
};

use crate::{
    call::Call,
    fault::FaultStatus,
    reply::Reply,
    world::{GrantView, UserView},
};

/// The cookie of the browser session, which Dropbox has as well.
pub(super) const COOKIE: &str = "dropbox_sim_session";

/// A rendered page.
pub(super) struct Page(Reply);

impl Page {
    pub(super) fn render(status: u16, template: &impl Template) -> Self {
        let reply = match template.render() {
            Ok(html) => Reply::new(status, "text/html; charset=utf-8", html),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                Reply::new(500, "text/plain; charset=utf-8", "")
            }
        };
        Self(reply)
    }

    /// Dropbox's own error page, which does not lead back to the app.
    pub(super) fn refusal(why: &str) -> Self {
        Self::render(400, &Refused { why })
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response: Response<'static> = self.0.respond_to(request)?;
        let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        response.set_header(Header::new("Content-Security-Policy", policy));
        response.set_header(Header::new("Referrer-Policy", "no-referrer"));
        Ok(response)
    }
}

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignIn<'a> {
    pub(super) app_name: &'a str,
    /// The path of the page that the user comes from and returns to.
    pub(super) page: &'a str,
    pub(super) query: &'a str,
    pub(super) users: Vec<UserView>,
    pub(super) signup: bool,
    pub(super) complaint: Option<&'a str>,
}

/// The consent page.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct Consent<'a> {
    pub(super) app_name: &'a str,
    pub(super) page: &'a str,
    pub(super) query: &'a str,
    pub(super) user: UserView,
    pub(super) scopes: Vec<(&'a str, &'static str)>,
}

/// The page that shows the code, for apps without a `redirect_uri`.
#[derive(Template)]
#[template(path = "code.html")]
pub(super) struct ShowCode<'a> {
    pub(super) app_name: &'a str,
    pub(super) code: &'a str,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    why: &'a str,
}

/// The control page.
#[derive(Template)]
#[template(path = "panel.html")]
pub(super) struct Panel {
    pub(super) faults: Vec<(FaultStatus, String)>,
    pub(super) grants: Vec<GrantView>,
    pub(super) calls: Vec<Call>,
    pub(super) operations: Vec<&'static str>,
    pub(super) problem: Option<String>,
}

/// The meaning of a scope in a user's words.
pub(super) fn meaning(scope: &str) -> &'static str {
    match scope {
        "account_info.read" => "See your name, e-mail address and account details",
        "account_info.write" => "Change your account details",
        "files.metadata.read" => "See the names of your files and folders",
        "files.metadata.write" => "Change tags and properties of your files and folders",
        "files.content.read" => "Read the content of your files and folders",
        "files.content.write" => "Change the content of your files and folders",
        "sharing.read" => "See with whom your files are shared",
        "sharing.write" => "Share your files",
        _ => "Use this part of your Dropbox",
    }
}
