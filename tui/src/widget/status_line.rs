//! The line above the hints: a message to the operator, or else the state of what is shown (first load, loading more,
//! stale, offline, forbidden, busy, broken), and the position at the right.

use bowline_api::status::Role;
use chrono::{DateTime, Utc};

use ratatui::layout::Rect;

use crate::client::Failure;
use crate::registry::action::Action;
use crate::text::{sanitize, width};
use crate::theme::Meaning;
use crate::when::{clock, seconds_until};

use super::call_state::{CallState, FailedCall};
use super::canvas::Canvas;
use super::surroundings::Surroundings;

/// Draws the line into the last row of the area. If there is no room for both, the position is left out; a text that is
/// still too long ends with the key that shows all of it.
pub fn draw(
    around: &Surroundings<'_>,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    state: (&str, Meaning),
    position: &str,
) {
    let row = area.height - 1;
    let (text, meaning) = around.toast.map_or(state, |text| (text, Meaning::Accent));
    let columns = |text: &str| u16::try_from(width(&sanitize(text))).unwrap_or(u16::MAX);
    let needed = columns(text).saturating_add(columns(position)).saturating_add(2);
    if needed <= area.width || text.is_empty() {
        canvas.put(area.x, area.y + row, area.width, text, meaning);
        return canvas.right(area, row, position, Meaning::Muted);
    }
    let more = match around.keymap.first_key(Action::Details) {
        Some(key) if columns(text) > area.width && !around.is_typing => format!(" {key}: all"),
        _ => String::new(),
    };
    let room = area.width.saturating_sub(columns(&more));
    let used = canvas.put(area.x, area.y + row, room, text, meaning);
    canvas.put(area.x + used, area.y + row, area.width - used, &more, Meaning::Accent);
}

/// Describes the state of calls; `has_rows` distinguishes stale from offline.
pub fn describe(around: &Surroundings<'_>, call: &CallState, has_rows: bool) -> (String, Meaning) {
    if let Some(last_failure) = &call.last_failure {
        return describe_failure(around, call, last_failure, has_rows);
    }
    match (call.is_loading(), has_rows, call.as_of) {
        (true, false, None) => ("… first load".to_owned(), Meaning::Busy),
        (true, ..) => ("… loading".to_owned(), Meaning::Busy),
        (false, _, Some(at)) => (format!("as of {}", clock(at)), Meaning::Muted),
        (false, _, None) => (String::new(), Meaning::Muted),
    }
}

fn describe_failure(
    around: &Surroundings<'_>,
    call: &CallState,
    last_failure: &FailedCall,
    has_rows: bool,
) -> (String, Meaning) {
    let retry = retry_in_words(around.now, call);
    let showing = match call.as_of.filter(|_| has_rows) {
        Some(at) => format!(", showing {}", clock(at)),
        None => String::new(),
    };
    // What an operator needs first comes first, because the end is cut on a narrow terminal.
    match &last_failure.failure {
        Failure::Unreachable(why) if has_rows => {
            (format!("▲ stale{showing}{retry}: no answer ({why})"), Meaning::Warn)
        }
        Failure::Unreachable(why) => (format!("✕ offline{retry}: no answer ({why})"), Meaning::Bad),
        Failure::Unauthorised(_) => ("✕ not logged in".to_owned(), Meaning::Bad),
        Failure::CodeRequired(_) => ("✕ a one-time code is needed".to_owned(), Meaning::Bad),
        Failure::Forbidden(detail) => {
            let role = around.role.map_or("your role", Role::as_str);
            (format!("✕ forbidden for role {role}: {detail}"), Meaning::Bad)
        }
        Failure::Busy { detail, .. } => {
            (format!("▲ the server is busy{retry}{showing}: {detail}"), Meaning::Warn)
        }
        Failure::Server { status, detail, request_id } => {
            (format!("✕ error {status}, request {request_id}{retry}{showing}: {detail}"), Meaning::Bad)
        }
        other @ (Failure::NotFound(_)
        | Failure::Unsupported { .. }
        | Failure::Refused(_)
        | Failure::Unproven(_)
        | Failure::ReadOnly
        | Failure::Malformed(_)) => (format!("✕ {other}{showing}"), Meaning::Bad),
    }
}

fn retry_in_words(now: DateTime<Utc>, call: &CallState) -> String {
    match call.retry_at() {
        Some(_) if call.is_loading() => ", trying again…".to_owned(),
        Some(at) => format!(", retry in {} s", seconds_until(now, at)),
        None => String::new(),
    }
}
