//! What the frame says about the connection, and when that changes because time passes.

use chrono::{DateTime, TimeDelta, Utc};

use crate::theme::Meaning;
use crate::when::clock;

use super::model::{ConnectionState, Model};

/// How long after an answer the connection counts as live, in seconds.
const LIVE_SECONDS: i64 = 15;
/// What the frame says about the connection: live only if an answer came within the last seconds.
pub(super) fn connection(model: &Model) -> (String, Meaning) {
    match &model.connection {
        ConnectionState::Untried => (" ○ connecting ".to_owned(), Meaning::Busy),
        ConnectionState::Live { took, at } => match (model.now - *at).num_seconds() {
            ..LIVE_SECONDS => (format!(" ● live {} ms ", took.as_millis()), Meaning::Good),
            LIVE_SECONDS..60 => (" ○ last answer < 1 min ago ".to_owned(), Meaning::Muted),
            seconds => (format!(" ○ last answer {} min ago ", seconds / 60), Meaning::Muted),
        },
        ConnectionState::Failing { since, what } => {
            (format!(" ▲ {what} since {} ", clock(*since)), Meaning::Warn)
        }
        ConnectionState::Lost { since } => (format!(" ✕ offline since {} ", clock(*since)), Meaning::Bad),
    }
}

/// When what the frame says about the connection changes because time passes. Ages of rows are drawn anew then, too.
pub(super) fn connection_changes_at(model: &Model) -> Option<DateTime<Utc>> {
    let ConnectionState::Live { at, .. } = &model.connection else { return None };
    let seconds = match (model.now - *at).num_seconds() {
        ..LIVE_SECONDS => LIVE_SECONDS,
        age => (age / 60 + 1) * 60,
    };
    Some(*at + TimeDelta::seconds(seconds))
}
