//! Revocation, as in `service/revocation.rs` and the worker.

use bowline_api::status::AccountStatus::{Revoked, Revoking};

use super::time::{CLAIM, LONG_PAST, PAUSE};
use super::{Account, Grant, Held, Revocation, Rules, State, Task};

/// An operator or the tenant revokes the account in one transaction. From its commit on, no tokens are issued.
pub(super) fn revoke(state: &mut State) -> Option<()> {
    if matches!(state.account.status, Revoking | Revoked) {
        return None;
    }
    let generation = state.account.generation + 1;
    if let Some(grant) = state.account.grant {
        queue(state, grant, generation);
    }
    state.account = Account { status: Revoking, generation, token: None, grant: None };
    Some(())
}

/// Queues a grant. `generation` is the account's generation afterwards, or 0 if the grant never became an account.
pub(super) fn queue(state: &mut State, grant: u8, generation: u8) {
    state.revocations.push(Revocation { grant, generation, wait: LONG_PAST });
    state.revocations.sort_unstable();
}

/// A worker claims a due revocation.
pub(super) fn claim(state: &mut State, task: usize, index: usize) -> Option<()> {
    let revocation = state.revocations.get_mut(index)?;
    if state.tasks[task] != Task::Idle || revocation.wait > 0 {
        return None;
    }
    revocation.wait = CLAIM;
    let grant = revocation.grant;
    state.lose_revocation(grant);
    state.tasks[task] = Task::Claimed(Held::Still, grant);
    Some(())
}

/// The calls of the provider, without a database connection. A grant that has already ended counts as revoked.
pub(super) fn kill(state: &mut State, task: usize, fault: bool) -> Option<()> {
    let Task::Claimed(held, grant) = state.tasks[task] else { return None };
    let grant_there = &mut state.grants[usize::from(grant)];
    if !fault && *grant_there == Grant::Alive {
        *grant_there = Grant::Revoked;
    }
    state.tasks[task] = Task::Tried(held, grant, !fault);
    Some(())
}

/// Records the outcome if the claim is still held.
pub(super) fn end(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Tried(held, grant, dead) = state.tasks[task] else { return None };
    state.tasks[task] = Task::Idle;
    if held == Held::Lost {
        return Some(());
    }
    let index = state.revocations.iter().position(|revocation| revocation.grant == grant)?;
    if !dead {
        state.revocations[index].wait = PAUSE;
        return Some(());
    }
    let done = state.revocations.remove(index);
    let same = done.generation == state.account.generation || !rules.finish_at_generation;
    if same && state.account.status == Revoking {
        state.account.status = Revoked;
    }
    Some(())
}
