//! Runs a state to rest without further failures: tasks in progress continue, due work is done, one caller arrives, and
//! time passes.

use bowline_api::status::AccountStatus;

use super::{Action, Budget, Grant, Model, State, Task};

/// An upper bound on the number of steps.
const ENOUGH: usize = 100;

/// Whether `state` comes to rest correctly: every revocation is done, no session is left, only the account's own grant
/// and orphans of kills are alive, and the caller gets a token.
pub(super) fn comes_to_rest(model: &Model, state: &State) -> bool {
    let mut state = State { budget: Budget::default(), ..state.clone() };
    for _ in 0..ENOUGH {
        let Some(next) = next(model, &mut state) else { return is_at_rest(&state) };
        state = next;
    }
    false
}

/// The next step. Time passes only if there is no other step and somebody waits.
fn next(model: &Model, state: &mut State) -> Option<State> {
    let idle = state.tasks.iter().position(|task| *task == Task::Idle);
    let busy = |(task, what): (usize, &Task)| {
        Some(match what {
            Task::Idle | Task::Polling => return None,
            Task::Due(..) => Action::TakeLease(task),
            Task::Holding(..) => Action::Ask(task, false),
            Task::Answered(..) => Action::Write(task),
            Task::Landed(_) => Action::AnswerCaller(task),
            Task::Exchanging(..) => Action::Exchange(task, false),
            Task::Exchanged(..) => Action::Park(task),
            Task::Parked(..) => Action::Store(task),
            Task::Claimed(..) => Action::Kill(task, false),
            Task::Tried(..) => Action::EndRevocation(task),
        })
    };
    let going_on = state.tasks.iter().enumerate().find_map(busy);
    if let Some(next) = going_on.and_then(|action| model.after(state, action)) {
        return Some(next);
    }
    if let Some(idle) = idle {
        let due = (0..state.revocations.len()).map(|index| Action::ClaimRevocation(idle, index));
        let work = due.chain([Action::ClaimSession(idle)]);
        if let Some(next) = work.into_iter().find_map(|action| model.after(state, action)) {
            return Some(next);
        }
    }
    // Waiting tasks poll ten times a second, and a refused caller calls again.
    state.budget.fetches = 1;
    let looks = (0..state.tasks.len()).map(Action::Look);
    let looked = looks.into_iter().find_map(|action| {
        let looked = model.after(state, action)?;
        // A poll that only leads back to waiting does not count as a step.
        let task = looked.tasks.iter().position(|task| matches!(task, Task::Due(..)));
        let Some(task) = task else { return Some(looked) };
        let taken = model.after(&looked, Action::TakeLease(task))?;
        taken.tasks.iter().any(|task| matches!(task, Task::Holding(..))).then_some(taken)
    });
    if looked.is_some() {
        return looked;
    }
    let waits = !state.revocations.is_empty() || state.session.is_some() || !is_served(state);
    let waits = waits || state.tasks.contains(&Task::Polling);
    if waits { model.after(state, Action::Tick) } else { None }
}

fn is_at_rest(state: &State) -> bool {
    let kept = |id: u8| state.account.grant == Some(id) || state.orphans & (1 << id) != 0;
    let gone = (0..).zip(&state.grants).all(|(id, grant)| *grant != Grant::Alive || kept(id));
    let ended = state.account.status != AccountStatus::Revoking;
    gone && ended
        && state.revocations.is_empty()
        && state.session.is_none()
        && state.tasks.iter().all(|task| *task == Task::Idle)
        && is_served(state)
}

/// Whether a caller gets a token that is valid for long enough.
fn is_served(state: &State) -> bool {
    state.account.status != AccountStatus::Active || state.handed_out().is_some()
}
