//! The error for a state that only a newer version knows. It says nothing about the account itself.

use std::time::Duration;

use super::error::{Code, Error};

/// When to retry: another replica, or this one after its update, will know the state.
const UNKNOWN_STATE_RETRY: Duration = Duration::from_secs(5);

/// The `unknown_state` error for a call about something whose `state` this version does not know.
pub fn unknown_state(state: &str) -> Error {
    tracing::error!(state, "the database contains a state that only a newer version knows");
    let detail = "the state of this resource was written by a newer version of Bowline, which this replica does not know; nothing was changed, try again";
    Code::UnknownState.because(detail).retry_after(UNKNOWN_STATE_RETRY).into()
}
