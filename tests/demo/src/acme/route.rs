//! Acme's routes: the page, the button, and the return from linking.

use std::str::FromStr as _;
use std::sync::Arc;

use bowline_api::LinkSessionId;
use rocket::form::Form;
use rocket::http::{ContentType, CookieJar, Status};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, State, catch, get, post, routes};

use super::bowline::{BowlineError, Tokens};
use super::page::{Declined, File, Home, Linked, Page, SignIn, Trouble, in_words};
use super::session::{SignedIn, verifier};
use super::state::Acme;

/// All routes.
pub(crate) fn all() -> Vec<rocket::Route> {
    routes![home, sign_in_page, sign_in, sign_out, link, accounts, linked, linked_signed_out, style]
}

/// All catchers.
pub(crate) fn catchers() -> Vec<rocket::Catcher> {
    rocket::catchers![unknown]
}

#[derive(Debug, Responder)]
enum Answer {
    Home(Page<Home>),
    Declined(Page<Declined>),
    Trouble(Page<Trouble>),
    Redirect(Box<Redirect>),
}

impl Answer {
    fn trouble(status: Status, title: &'static str, detail: impl Into<String>) -> Self {
        Self::Trouble(Page(status, Trouble { title, detail: detail.into() }))
    }

    fn redirect(target: impl TryInto<rocket::http::uri::Reference<'static>>) -> Self {
        Self::Redirect(Box::new(Redirect::to(target)))
    }
}

#[get("/")]
async fn home(session: SignedIn, acme: &State<Arc<Acme>>) -> Answer {
    let (accounts, notice) = match acme.bowline.tokens(&session.user).await {
        Ok(Tokens::NotLinked) => (Vec::new(), None),
        Ok(Tokens::LinkAgain(why)) => (Vec::new(), Some(why)),
        Ok(Tokens::Ready(tokens)) => {
            let mut accounts = Vec::new();
            for token in &tokens {
                match show(acme, &token.access_token).await {
                    Ok(account) => accounts.push(account),
                    Err(error) => return dropbox_trouble(&error),
                }
            }
            (accounts, None)
        }
        Err(error) => return bowline_trouble("Your photos cannot be shown now", &error),
    };
    Answer::Home(Page(Status::Ok, Home { user: session.user, accounts, notice }))
}

/// The data of one account for the page, fetched with its token.
async fn show(acme: &Acme, token: &str) -> Result<Linked, reqwest::Error> {
    let account = acme.dropbox.current_account(token).await?;
    let files = acme.dropbox.files(token).await?;
    Ok(Linked {
        name: account.name.display_name,
        email: account.email,
        files: files
            .into_iter()
            .map(|entry| File { name: entry.name, size: entry.size.map(in_words).unwrap_or_default() })
            .collect(),
    })
}

#[get("/", rank = 2)]
fn sign_in_page() -> Page<SignIn> {
    Page(Status::Ok, SignIn)
}

#[derive(Debug, FromForm)]
struct Credentials {
    #[field(validate = len(1..=64))]
    user: String,
}

/// A real app requires more than a name here.
#[post("/sign-in", data = "<form>")]
fn sign_in(form: Form<Credentials>, acme: &State<Arc<Acme>>, cookies: &CookieJar<'_>) -> Redirect {
    cookies.add(acme.sessions.begin(form.into_inner().user));
    Redirect::to("/")
}

#[post("/sign-out")]
fn sign_out(session: SignedIn, acme: &State<Arc<Acme>>, cookies: &CookieJar<'_>) -> Redirect {
    cookies.remove(acme.sessions.end(session));
    Redirect::to("/")
}

/// The button: starts a link for the user of this session and sends the browser there.
#[post("/link")]
async fn link(session: SignedIn, acme: &State<Arc<Acme>>) -> Answer {
    const TITLE: &str = "Your Dropbox cannot be connected now";
    let Some(return_url) = acme.return_url() else {
        return Answer::trouble(
            Status::ServiceUnavailable,
            TITLE,
            "Acme Photos is still starting. Try again.",
        );
    };
    let (verifier, challenge) = verifier();
    match acme.bowline.start_link(&session.user, return_url, challenge).await {
        Ok(new) => {
            acme.sessions.remember(&session, new.id.to_string(), verifier);
            Answer::redirect(new.url)
        }
        Err(error) => bowline_trouble(TITLE, &error),
    }
}

/// The button below the accounts: sends the browser to the page on which its user sees and ends their links.
#[post("/accounts")]
async fn accounts(session: SignedIn, acme: &State<Arc<Acme>>) -> Answer {
    const TITLE: &str = "Your linked accounts cannot be shown now";
    let Some(return_url) = acme.return_url() else {
        return Answer::trouble(
            Status::ServiceUnavailable,
            TITLE,
            "Acme Photos is still starting. Try again.",
        );
    };
    let (verifier, challenge) = verifier();
    match acme.bowline.start_visit(&session.user, return_url, challenge).await {
        Ok(new) => {
            acme.sessions.remember(&session, new.id.to_string(), verifier);
            Answer::redirect(new.url)
        }
        Err(error) => bowline_trouble(TITLE, &error),
    }
}

/// The return: completes the link, but only for the session that started it. The verifier is in that session; a person
/// who was sent the link has another session, or none.
#[get("/linked?<link_session>&<manage_session>&<link_code>&<error>")]
async fn linked(
    session: SignedIn,
    link_session: Option<&str>,
    manage_session: Option<&str>,
    link_code: Option<String>,
    error: Option<&str>,
    acme: &State<Arc<Acme>>,
) -> Answer {
    const TITLE: &str = "Your Dropbox was not connected";
    let id = link_session.and_then(|text| LinkSessionId::from_str(text).ok());
    // A link that began on the page with the accounts has the verifier of that visit.
    let verifier = [link_session, manage_session]
        .into_iter()
        .flatten()
        .find_map(|begun| acme.sessions.verifier_of(&session, begun));
    let (id, verifier) = match (id, verifier) {
        (Some(id), Some(verifier)) => (id, verifier),
        (None, _) if manage_session.is_some() => return Answer::redirect("/"),
        _ => return not_started_here(),
    };
    match (error, link_code) {
        (Some("access_denied"), _) => Answer::Declined(Page(Status::Ok, Declined)),
        (Some(other), _) => {
            Answer::trouble(Status::Ok, TITLE, format!("Linking ended with the error “{other}”. Try again."))
        }
        // The user returns from a page that showed the state of the link, which the home page shows, too.
        (None, None) => Answer::redirect("/"),
        (None, Some(code)) => match acme.bowline.complete_link(id, code, &verifier).await {
            // The code must not stay in the address bar.
            Ok(_account) => Answer::redirect("/"),
            Err(error) => match error.outcome_url() {
                // Bowline's page says what happened and what helps, and leads back here.
                Some(page) => Answer::redirect(page),
                None => bowline_trouble(TITLE, &error),
            },
        },
    }
}

#[get("/linked", rank = 2)]
fn linked_signed_out() -> Answer {
    not_started_here()
}

fn not_started_here() -> Answer {
    Answer::trouble(
        Status::Forbidden,
        "This link was not started here",
        "Connecting a Dropbox must begin and end with the same person in the same browser. \
         If somebody sent you a link to approve, do not: it would have given them your files.",
    )
}

fn bowline_trouble(title: &'static str, error: &BowlineError) -> Answer {
    tracing::warn!(%error, "a call to Bowline failed");
    Answer::trouble(Status::BadGateway, title, error.to_string())
}

fn dropbox_trouble(error: &reqwest::Error) -> Answer {
    tracing::warn!(%error, "a call to Dropbox failed");
    Answer::trouble(
        Status::BadGateway,
        "Your photos cannot be shown now",
        "Dropbox does not answer as it should. Try again.",
    )
}

#[get("/style.css")]
fn style() -> (ContentType, &'static str) {
    (ContentType::CSS, include_str!("style.css"))
}

#[catch(default)]
fn unknown(status: Status, _: &rocket::Request<'_>) -> Page<Trouble> {
    let detail = match status.code {
        401 => "Sign in first.",
        404 => "There is no such page.",
        _ => "Acme Photos does not understand this request.",
    };
    Page(status, Trouble { title: "That did not work", detail: detail.to_owned() })
}
