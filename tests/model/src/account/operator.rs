//! Actions of people: operators here and the user at the provider. Also kills of replicas.

use bowline_api::status::AccountStatus::{Active, Suspended};

use super::{Grant, State, Task};

/// An operator suspends the account.
pub(super) fn suspend(state: &mut State) -> Option<()> {
    if state.account.status != Active {
        return None;
    }
    state.account.status = Suspended;
    state.frozen = true;
    state.ghost.suspended = true;
    Some(())
}

/// An operator resumes the account. If it is revoked, the next link is active.
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

/// The user disconnects the app at the provider: all its grants end, and the server is not notified.
pub(super) fn disconnect(state: &mut State) -> Option<()> {
    if !state.grants.contains(&Grant::Alive) {
        return None;
    }
    for grant in state.grants.iter_mut().filter(|grant| **grant == Grant::Alive) {
        *grant = Grant::Disconnected;
    }
    Some(())
}

/// A replica is killed and loses what it held only in memory.
pub(super) fn crash(state: &mut State, task: usize) -> Option<()> {
    match std::mem::replace(&mut state.tasks[task], Task::Idle) {
        Task::Idle => return None,
        // A grant can be lost only between the token response and the commit that stores it.
        Task::Exchanged(_, token) => state.orphans |= 1 << token.grant,
        _ => {}
    }
    Some(())
}
