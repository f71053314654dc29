//! The pages for end users. They need no scripts and load nothing from other sites.

mod brand;
mod callback;
mod confirm;
mod cookies;
mod end;
mod failed;
mod language;
mod manage;
mod monogram;
mod outcome;
mod page;
mod picture;
mod scope_words;
mod sender;
mod session;

pub use failed::catchers;

use super::list::{PAGE, RouteGroup, undocumented};
use crate::http::Policy;

/// Styles are not limited: they cost nothing, and the page that says "too many requests" needs them.
const STYLE_POLICY: Policy = Policy { limit: None, ..PAGE };

/// The routes under `/link`.
pub(super) fn group() -> RouteGroup {
    undocumented![
        session::show => PAGE,
        session::start => PAGE,
        session::cancel => PAGE,
        session::style => STYLE_POLICY,
        brand::logo => PAGE,
        brand::accent => STYLE_POLICY,
        callback::callback => PAGE,
        outcome::outcome => PAGE,
        outcome::choose => PAGE,
        manage::visit::show => PAGE,
        manage::visit::begin => PAGE,
        manage::disconnect::ask => PAGE,
        manage::disconnect::disconnect => PAGE,
        manage::again::again => PAGE,
    ]
}
