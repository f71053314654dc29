//! The state of a list in words: first load, loading more, stale, offline, forbidden, busy, broken.

use chrono::{DateTime, Utc};

use crate::app::Model;
use crate::app::feed::{Feed, Trouble};
use crate::client::Failure;
use crate::theme::Meaning;

use super::when::{clock, seconds_until};

/// What to say of a feed; `has_rows` tells stale from offline.
pub(super) fn describe(model: &Model, feed: &Feed, has_rows: bool) -> (String, Meaning) {
    if let Some(trouble) = &feed.trouble {
        return describe_trouble(model, feed, trouble, has_rows);
    }
    match (feed.is_loading(), has_rows, feed.as_of) {
        (true, false, None) => ("… first load".to_owned(), Meaning::Busy),
        (true, ..) => ("… loading".to_owned(), Meaning::Busy),
        (false, _, Some(at)) => (format!("as of {}", clock(at)), Meaning::Muted),
        (false, _, None) => (String::new(), Meaning::Muted),
    }
}

fn describe_trouble(model: &Model, feed: &Feed, trouble: &Trouble, has_rows: bool) -> (String, Meaning) {
    let retry = retry(model.now, feed);
    let stale = match feed.as_of.filter(|_| has_rows) {
        Some(at) => format!("stale, showing {}: ", clock(at)),
        None => String::new(),
    };
    match &trouble.failure {
        Failure::Unreachable(why) if has_rows => {
            (format!("▲ {stale}no answer ({why}){retry}"), Meaning::Warn)
        }
        Failure::Unreachable(why) => (format!("✕ offline: no answer ({why}){retry}"), Meaning::Bad),
        Failure::Unauthorised(_) => ("✕ not logged in".to_owned(), Meaning::Bad),
        Failure::Forbidden(detail) => {
            let role = model.operator.as_ref().map_or("your role", |o| o.role.as_str());
            (format!("✕ forbidden for role {role}: {detail}"), Meaning::Bad)
        }
        Failure::Busy { detail, .. } => {
            (format!("▲ {stale}the server asks to wait: {detail}{retry}"), Meaning::Warn)
        }
        Failure::Server { status, request_id, .. } => {
            (format!("✕ {stale}server error {status}, request {request_id}{retry}"), Meaning::Bad)
        }
        other @ (Failure::NotFound(_) | Failure::Refused(_) | Failure::ReadOnly | Failure::Malformed(_)) => {
            (format!("✕ {stale}{other}"), Meaning::Bad)
        }
    }
}

fn retry(now: DateTime<Utc>, feed: &Feed) -> String {
    match feed.retry_at() {
        Some(_) if feed.is_loading() => ", trying again…".to_owned(),
        Some(at) => format!(", retry in {} s", seconds_until(now, at)),
        None => String::new(),
    }
}
