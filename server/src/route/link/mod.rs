//! End users' pages: they need no script and load nothing foreign.

mod callback;
mod cookies;
mod page;
mod scope_words;
mod sender;
mod session;
mod words;

use rocket::{Catcher, Route, routes};

use crate::guard::limited;

/// The routes under `/link`.
pub fn routes() -> Vec<Route> {
    // The style is not limited: it costs nothing, and the page that says "too many requests" needs it.
    let mut all =
        limited::as_link(routes![session::show, session::start, session::cancel, callback::callback]);
    all.extend(routes![session::style]);
    all
}

/// The catcher of these pages: a page, not JSON.
pub fn catchers() -> Vec<Catcher> {
    page::catchers()
}
