//! What people do to the account: operators here, the user at the provider; and kills.

use bowline_api::status::AccountStatus::{Active, Suspended};

use super::{Grant, State, Task};

/// An operator freezes it.
pub(super) fn suspend(state: &mut State) -> Option<()> {
    if state.account.status != Active {
        return None;
    }
    state.account.status = Suspended;
    state.frozen = true;
    state.ghost.suspended = true;
    Some(())
}

/// An operator lets it go on; where it is revoked, the next link is active.
pub(super) fn resume(state: &mut State) -> Option<()> {
    if !state.frozen {
        return None;
    }
    if state.account.status == Suspended {
        state.account.status = Active;
    }
    state.frozen = false;
    state.ghost.suspended = false;
    Some(())
}

/// The user disconnects the app at the provider: all its grants die, and nobody tells us.
pub(super) fn disconnect(state: &mut State) -> Option<()> {
    if !state.grants.contains(&Grant::Alive) {
        return None;
    }
    for grant in state.grants.iter_mut().filter(|grant| **grant == Grant::Alive) {
        *grant = Grant::Disconnected;
    }
    Some(())
}

/// A replica is killed. What it had in memory only is gone.
pub(super) fn crash(state: &mut State, task: usize) -> Option<()> {
    match std::mem::replace(&mut state.tasks[task], Task::Idle) {
        Task::Idle => return None,
        // The window of one commit in which a grant can be lost.
        Task::Exchanged(_, token) => state.orphans |= 1 << token.grant,
        _ => {}
    }
    Some(())
}
