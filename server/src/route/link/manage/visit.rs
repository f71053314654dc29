//! The page itself: before it is opened it shows no account, and changes nothing.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{State, get, post};
use url::Url;

use super::cards::Card;
use super::request::{is_ours, presented, remember, to_the_page, words};
use crate::app::App;
use crate::route::link::cookies::{Cookies, SetCookies};
use crate::route::link::failed::Failed;
use crate::route::link::language::Preferred;
use crate::route::link::monogram::monogram;
use crate::route::link::page::{BrowserPage, Redirect};
use crate::route::link::sender::Posted;
use crate::service::link::{Binding, Branding, field_of};
use crate::service::manage::{self, ManageStanding, OpenedManageSession};
use crate::words::Words;

/// The page before it is opened.
#[derive(Template)]
#[template(path = "link/manage/welcome.html")]
pub(in crate::route::link) struct Welcome {
    words: Words,
    branding: Branding,
    app: String,
    ticket: String,
    /// The hidden field that identifies our own page.
    page: String,
    back: Url,
}

/// The page with the accounts.
#[derive(Template)]
#[template(path = "link/manage/accounts.html")]
pub(in crate::route::link) struct AccountsPage {
    words: Words,
    branding: Branding,
    app: String,
    ticket: String,
    /// The hidden field that identifies our own page.
    page: String,
    back: Url,
    groups: [CardGroup; 2],
}

/// Accounts under one heading.
struct CardGroup {
    heading: Option<&'static str>,
    /// The levels of the headings of its accounts, and of those within.
    level: u8,
    inner: u8,
    /// Whether a card shows unfolded what the app may do.
    unfolded: bool,
    cards: Vec<Card>,
    /// The name of the text about accounts that do not fit on the page.
    more: Option<&'static str>,
}

/// What the ticket's page shows.
#[derive(rocket::Responder)]
pub(in crate::route::link) enum TicketPage {
    Welcome(Box<BrowserPage<Welcome>>),
    Accounts(Box<BrowserPage<AccountsPage>>),
}

// Other routes below `/link` have a ticket or an id in the place of `manage`, and another last segment than a ticket.
#[get("/link/manage/<ticket>", rank = 1)]
pub(in crate::route::link) async fn show(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
) -> Result<TicketPage, Failed> {
    let opened = manage::open(app, ticket).await?;
    let cookie = presented(app, &opened, &cookies);
    let shown = match opened.standing(cookie) {
        ManageStanding::Halted(why) => return Err(opened.halted(why).into()),
        ManageStanding::Fresh => {
            welcome_page(app, ticket, &opened, &cookies, &preferred).map(TicketPage::Welcome)
        }
        ManageStanding::Open => {
            accounts_page(app, ticket, &opened, field_of(cookie.unwrap_or_default()), &preferred)
                .await
                .map(TicketPage::Accounts)
        }
    };
    shown.map_err(|failed| failed.at(opened.setting()))
}

#[post("/link/manage/<ticket>", data = "<posted>", rank = 1)]
pub(in crate::route::link) async fn begin(
    app: &State<Arc<App>>,
    ticket: &str,
    cookies: Cookies<'_>,
    posted: Posted<'_>,
) -> Result<Redirect, Failed> {
    let opened = manage::open(app, ticket).await?;
    let cookie = presented(app, &opened, &cookies);
    is_ours(app, &opened, &posted, cookie)?;
    manage::begin(app, &opened, cookie).await.map_err(|stop| Failed::from(stop).at(opened.setting()))?;
    Ok(to_the_page(ticket, None))
}

/// Who asks, and the button that opens the page in this browser, with its cookie.
fn welcome_page(
    app: &App,
    ticket: &str,
    opened: &OpenedManageSession,
    cookies: &Cookies<'_>,
    preferred: &Preferred<'_>,
) -> Result<Box<BrowserPage<Welcome>>, Failed> {
    let binding = Binding::kept_or_new(presented(app, opened, cookies))?;
    let words = words(opened, preferred);
    Ok(Box::new(BrowserPage {
        status: Status::Ok,
        language: words.language(),
        template: Welcome {
            words,
            branding: opened.setting().branding.clone(),
            app: opened.setting().app.clone(),
            ticket: ticket.to_owned(),
            page: binding.field(),
            back: opened.way_back()?,
        },
        cookies: remember(app, opened, cookies, &binding),
    }))
}

async fn accounts_page(
    app: &App,
    ticket: &str,
    opened: &OpenedManageSession,
    page: String,
    preferred: &Preferred<'_>,
) -> Result<Box<BrowserPage<AccountsPage>>, Failed> {
    let manage::Accounts { linked, ended } = manage::accounts(app, opened).await?;
    let words = words(opened, preferred);
    let cards =
        |accounts: Vec<_>| accounts.into_iter().map(|account| Card::of(account, &words)).collect::<Vec<_>>();
    let groups = [
        CardGroup {
            heading: None,
            level: 2,
            inner: 3,
            unfolded: linked.accounts.len() == 1,
            cards: cards(linked.accounts),
            more: linked.more.then_some("accounts-more"),
        },
        CardGroup {
            heading: Some("accounts-ended"),
            level: 3,
            inner: 4,
            unfolded: false,
            cards: cards(ended.accounts),
            more: ended.more.then_some("accounts-ended-more"),
        },
    ];
    Ok(Box::new(BrowserPage {
        status: Status::Ok,
        language: words.language(),
        template: AccountsPage {
            branding: opened.setting().branding.clone(),
            app: opened.setting().app.clone(),
            ticket: ticket.to_owned(),
            page,
            back: opened.way_back()?,
            groups,
            words,
        },
        cookies: SetCookies::default(),
    }))
}
