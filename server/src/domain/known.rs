//! States as the database has them: one that only a newer version knows is a fault of ours, and no word about the account.

use std::str::FromStr;
use std::time::Duration;

use super::error::{Code, Error, Result};

/// When to ask again: another replica, or this one after its update, will know the state.
const AGAIN: Duration = Duration::from_secs(5);

/// The state that `text` names.
///
/// # Errors
/// `unknown_state` where this version does not know it.
pub fn known<State: FromStr>(text: &str) -> Result<State> {
    text.parse().map_err(|_| unknown(text))
}

/// What is said of a state that this version does not know.
pub fn unknown(state: &str) -> Error {
    tracing::error!(state, "the database holds a state that only a newer version knows");
    let detail = "the state of this was written by a newer version of Bowline than answers here; nothing was changed, try again";
    Code::UnknownState.because(detail).retry_after(AGAIN).into()
}

#[cfg(test)]
mod tests {
    use bowline_api::status::AccountStatus;

    use super::*;

    #[test]
    fn a_state_of_tomorrow_is_a_fault_of_ours() {
        assert_eq!(known::<AccountStatus>("active").unwrap(), AccountStatus::Active);
        let refused = known::<AccountStatus>("hibernating").unwrap_err();
        assert_eq!((refused.code().status(), refused.code().as_str()), (503, "unknown_state"));
    }
}
