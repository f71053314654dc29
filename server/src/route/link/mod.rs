//! End users' pages: they need no script and load nothing foreign.

mod callback;
mod cookies;
mod page;
mod scope_words;
mod sender;
mod session;
mod words;

use rocket::{Catcher, Route, routes};

/// The routes under `/link`.
pub fn routes() -> Vec<Route> {
    routes![session::show, session::start, session::cancel, session::style, callback::callback]
}

/// The catcher of these pages: a page, not JSON.
pub fn catchers() -> Vec<Catcher> {
    page::catchers()
}
