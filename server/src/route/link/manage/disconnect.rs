//! The user is asked whether to disconnect an account, and disconnects it.

use std::sync::Arc;

use askama::Template;
use bowline_api::AccountId;
use rocket::http::Status;
use rocket::{State, get, post};

use super::cards::Card;
use super::request::{opened_here, posted_here, presented, to_the_page, words};
use crate::app::App;
use crate::domain::Error;
use crate::route::link::cookies::{Cookies, SetCookies};
use crate::route::link::failed::Failed;
use crate::route::link::language::Preferred;
use crate::route::link::page::{BrowserPage, Redirect};
use crate::route::link::sender::Posted;
use crate::service::link::{Branding, field_of};
use crate::service::manage::{self, OpenedManageSession};
use crate::words::Words;

/// The question.
#[derive(Template)]
#[template(path = "link/manage/disconnect.html")]
pub(in crate::route::link) struct Question {
    words: Words,
    branding: Branding,
    card: Card,
    ticket: String,
    /// The hidden field that identifies our own page.
    page: String,
}

/// The question, or the page, if there is nothing left to ask.
#[derive(rocket::Responder)]
pub(in crate::route::link) enum DisconnectPage {
    Question(Box<BrowserPage<Question>>),
    Redirect(Redirect),
}

#[get("/link/manage/<ticket>/disconnect/<account>")]
pub(in crate::route::link) async fn ask(
    app: &State<Arc<App>>,
    ticket: &str,
    account: &str,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
) -> Result<DisconnectPage, Failed> {
    let opened = opened_here(app, ticket, &cookies).await?;
    let at = |failed: Failed| failed.at(opened.setting());
    let id: AccountId = account.parse().map_err(|_| at(Error::not_found().into()))?;
    let found = manage::confirm(app, &opened, id).await.map_err(|error| at(error.into()))?;
    let page = field_of(presented(app, &opened, &cookies).unwrap_or_default());
    Ok(question_or_page(ticket, &opened, Card::of(found, &words(&opened, &preferred)), page))
}

fn question_or_page(ticket: &str, opened: &OpenedManageSession, card: Card, page: String) -> DisconnectPage {
    if !card.ends {
        return DisconnectPage::Redirect(to_the_page(ticket, Some(&card.id.to_string())));
    }
    let language = card.words.language();
    let branding = opened.setting().branding.clone();
    let template = Question { words: card.words.clone(), branding, card, ticket: ticket.to_owned(), page };
    DisconnectPage::Question(Box::new(BrowserPage {
        status: Status::Ok,
        language,
        template,
        cookies: SetCookies::default(),
    }))
}

#[post("/link/manage/<ticket>/disconnect/<account>", data = "<posted>")]
pub(in crate::route::link) async fn disconnect(
    app: &State<Arc<App>>,
    ticket: &str,
    account: &str,
    cookies: Cookies<'_>,
    posted: Posted<'_>,
) -> Result<Redirect, Failed> {
    let opened = posted_here(app, ticket, &cookies, &posted).await?;
    let at = |error: Error| Failed::from(error).at(opened.setting());
    let id: AccountId = account.parse().map_err(|_| at(Error::not_found()))?;
    manage::disconnect(app, &opened, id).await.map_err(at)?;
    Ok(to_the_page(ticket, Some(&id.to_string())))
}
