//! The user links an account again.

use std::sync::Arc;

use bowline_api::AccountId;
use rocket::http::Status;
use rocket::{State, post};

use super::request::{posted_here, to_the_page};
use crate::app::App;
use crate::domain::{Code, Error};
use crate::route::link::cookies::{CookieReach, Cookies};
use crate::route::link::failed::Failed;
use crate::route::link::page::Redirect;
use crate::route::link::sender::Posted;
use crate::service::manage;

#[post("/link/manage/<ticket>/again/<account>", data = "<posted>")]
pub(in crate::route::link) async fn again(
    app: &State<Arc<App>>,
    ticket: &str,
    account: &str,
    cookies: Cookies<'_>,
    posted: Posted<'_>,
) -> Result<Redirect, Failed> {
    let opened = posted_here(app, ticket, &cookies, &posted).await?;
    let at = |error: Error| Failed::from(error).at(opened.setting());
    let id: AccountId = account.parse().map_err(|_| at(Error::not_found()))?;
    let again = match manage::again(app, &opened, id).await {
        Ok(again) => again,
        // It has been linked again meanwhile, or cannot be any more: the page says which.
        Err(error) if error.code() == Code::InvalidState => {
            return Ok(to_the_page(ticket, Some(&id.to_string())));
        }
        Err(error) => return Err(at(error)),
    };
    let (scope, seconds) = ((again.session, CookieReach::Own), app.settings.link.session_seconds);
    let cookies = cookies.binding(app.settings.is_https(), scope, &again.binding, seconds);
    Ok(Redirect { status: Status::SeeOther, location: again.page, cookies })
}
