//! Describes the state of a list: first load, loading more, stale, offline, forbidden, busy, broken.

use chrono::{DateTime, Utc};

use crate::app::Model;
use crate::app::fetch::{FailedCall, Fetch};
use crate::client::Failure;
use crate::theme::Meaning;

use super::when::{clock, seconds_until};

/// Describes a fetch; `has_rows` distinguishes stale from offline.
pub(super) fn describe(model: &Model, fetch: &Fetch, has_rows: bool) -> (String, Meaning) {
    if let Some(last_failure) = &fetch.last_failure {
        return describe_failure(model, fetch, last_failure, has_rows);
    }
    match (fetch.is_loading(), has_rows, fetch.as_of) {
        (true, false, None) => ("… first load".to_owned(), Meaning::Busy),
        (true, ..) => ("… loading".to_owned(), Meaning::Busy),
        (false, _, Some(at)) => (format!("as of {}", clock(at)), Meaning::Muted),
        (false, _, None) => (String::new(), Meaning::Muted),
    }
}

fn describe_failure(
    model: &Model,
    fetch: &Fetch,
    last_failure: &FailedCall,
    has_rows: bool,
) -> (String, Meaning) {
    let retry = retry(model.now, fetch);
    let stale = match fetch.as_of.filter(|_| has_rows) {
        Some(at) => format!("stale, showing {}: ", clock(at)),
        None => String::new(),
    };
    match &last_failure.failure {
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
            (format!("▲ {stale}the server is busy: {detail}{retry}"), Meaning::Warn)
        }
        Failure::Server { status, request_id, .. } => {
            (format!("✕ {stale}server error {status}, request {request_id}{retry}"), Meaning::Bad)
        }
        other @ (Failure::NotFound(_) | Failure::Refused(_) | Failure::ReadOnly | Failure::Malformed(_)) => {
            (format!("✕ {stale}{other}"), Meaning::Bad)
        }
    }
}

fn retry(now: DateTime<Utc>, fetch: &Fetch) -> String {
    match fetch.retry_at() {
        Some(_) if fetch.is_loading() => ", trying again…".to_owned(),
        Some(at) => format!(", retry in {} s", seconds_until(now, at)),
        None => String::new(),
    }
}
