//! The refusal for a state that only a newer version knows: a fault of ours, and no statement about the account.

use std::time::Duration;

use super::error::{Code, Error};

/// When to ask again: another replica, or this one after its update, will know the state.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Refuses a call about something whose `state` this version does not know, with `unknown_state`.
pub fn unknown_state(state: &str) -> Error {
    tracing::error!(state, "the database holds a state that only a newer version knows");
    let detail = "the state of this was written by a newer version of Bowline than answers here; nothing was changed, try again";
    Code::UnknownState.because(detail).retry_after(RETRY_AFTER).into()
}
