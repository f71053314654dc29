//! The database's clock, and the deadlines that it determines.

use super::{Answer, State, Task, Ticks};

/// The lifetime of an access token. It is four hours at Dropbox, and here as short as possible.
pub(super) const LIFE: Ticks = 4;
/// The remaining lifetime that callers request; a token with less is due.
pub(super) const MIN_TTL: Ticks = 2;
/// How long a lease is held.
pub(super) const LEASE: Ticks = 2;
/// How long a claim on a link session or a revocation is held.
pub(super) const CLAIM: Ticks = 2;
/// The pause after a failure.
pub(super) const PAUSE: Ticks = 1;
/// The maximum age of a transaction, after which Postgres ends it.
const TRANSACTION: Ticks = 1;
/// Times further in the past are equivalent.
pub(super) const LONG_PAST: Ticks = -2;
/// Greater ages are equivalent.
const OLD: Ticks = LIFE + 1;

fn pass(left: &mut Ticks) {
    *left = (*left - 1).max(LONG_PAST);
}

/// A tick passes for the database, the provider and all tasks in progress.
pub(super) fn tick(state: &mut State) {
    for left in deadlines(state) {
        pass(left);
    }
    let stored = state.account.token.iter_mut();
    for token in stored.chain(state.session.iter_mut().flat_map(|session| &mut session.parked)) {
        pass(&mut token.lives);
    }
    for task in &mut state.tasks {
        match task {
            Task::Due(age, _) if *age == TRANSACTION => *task = Task::Idle,
            Task::Due(age, _) | Task::Holding(_, age, _) | Task::Exchanging(_, age) => {
                *age = (*age + 1).min(OLD);
            }
            Task::Answered(_, age, _, answer) => {
                *age = (*age + 1).min(OLD);
                if let Answer::Fresh(lives) = answer {
                    pass(lives);
                }
            }
            Task::Landed(token) | Task::Exchanged(_, token) | Task::Parked(_, token) => {
                pass(&mut token.left);
                pass(&mut token.lives);
            }
            _ => {}
        }
    }
}

/// The database's clock is set back by a tick. Everything that it determines happens later, while the provider is not
/// affected.
pub(super) fn step_back(state: &mut State) {
    for left in deadlines(state) {
        *left += 1;
    }
    for task in &mut state.tasks {
        match task {
            Task::Due(age, _)
            | Task::Holding(_, age, _)
            | Task::Answered(_, age, _, _)
            | Task::Exchanging(_, age) => {
                *age = (*age - 1).max(0);
            }
            Task::Landed(token) | Task::Exchanged(_, token) | Task::Parked(_, token) => token.left += 1,
            _ => {}
        }
    }
}

/// The deadlines that the database's clock determines.
fn deadlines(state: &mut State) -> impl Iterator<Item = &mut Ticks> {
    let lease = state.lease.iter_mut().flat_map(|lease| [&mut lease.left, &mut lease.cool]);
    let session = state.session.iter_mut().flat_map(|session| {
        let parked = session.parked.iter_mut().map(|token| &mut token.left);
        parked.chain([&mut session.left])
    });
    let revocations = state.revocations.iter_mut().map(|revocation| &mut revocation.wait);
    let token = state.account.token.iter_mut().map(|token| &mut token.left);
    lease.chain(session).chain(revocations).chain(token)
}
