//! Linking the same account again, as in `service/link`: the code, the grant, the account.

use bowline_api::status::AccountStatus::{Active, Suspended};

use super::time::{CLAIM, LIFE, LONG_PAST};
use super::{Account, Grant, Held, Rules, Session, State, Task, Token, revocation};

/// The user returns with a code.
pub(super) fn begin(state: &mut State) -> Option<()> {
    if state.session.is_some() {
        return None;
    }
    state.session = Some(Session { code: true, parked: None, left: LONG_PAST });
    Some(())
}

/// A completion claims the session. It takes the code, resumes with a parked grant, or finds that both are gone.
pub(super) fn claim(state: &mut State, task: usize) -> Option<()> {
    let session = state.session.as_mut().filter(|session| session.left <= 0)?;
    if state.tasks[task] != Task::Idle {
        return None;
    }
    let next = match session.parked {
        Some(token) => Task::Parked(Held::Still, token),
        None if session.code => Task::Exchanging(Held::Still, 0),
        // The code was sent by a process that died, and it is not sent twice.
        None => Task::Idle,
    };
    *session = Session { code: false, left: CLAIM, ..*session };
    state.lose_session();
    if next == Task::Idle {
        state.session = None;
    }
    state.tasks[task] = next;
    Some(())
}

/// The exchange at the provider, without a database connection. `fault`: the code is consumed but the response is lost.
pub(super) fn exchange(state: &mut State, task: usize, fault: bool) -> Option<()> {
    let Task::Exchanging(held, age) = state.tasks[task] else { return None };
    let grant = u8::try_from(state.grants.len()).ok()?;
    state.grants.push(Grant::Alive);
    if fault {
        state.orphans |= 1 << grant;
        state.tasks[task] = Task::Idle;
        if held == Held::Still {
            state.session = None;
        }
        return Some(());
    }
    state.tasks[task] = Task::Exchanged(held, Token { grant, left: LIFE - age, lives: LIFE });
    Some(())
}

/// Parks the grant in the session. A completion that has lost its claim queues the grant for revocation.
pub(super) fn park(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Exchanged(held, mut token) = state.tasks[task] else { return None };
    if !rules.life_from_the_call {
        token.left = LIFE;
    }
    if held == Held::Still || (!rules.session_claim && state.session.is_some()) {
        if let Some(session) = &mut state.session {
            session.parked = Some(token);
        }
        state.tasks[task] = Task::Parked(held, token);
    } else {
        revocation::queue(state, token.grant, 0);
        state.tasks[task] = Task::Idle;
    }
    Some(())
}

/// Stores the account, queues the grant that it replaces, and ends the session in one transaction.
pub(super) fn store(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Parked(held, token) = state.tasks[task] else { return None };
    state.tasks[task] = Task::Idle;
    if rules.session_claim && held == Held::Lost {
        return Some(());
    }
    state.session = None;
    state.lose_session();
    let before = state.account;
    let generation = before.generation + 1;
    if let (Some(old), true) = (before.grant, rules.replaced_grant_dies) {
        revocation::queue(state, old, generation);
    }
    let suspended = state.frozen && rules.suspension_outlives_links;
    state.account = Account {
        status: if suspended { Suspended } else { Active },
        generation,
        token: Some(token),
        grant: Some(token.grant),
    };
    Some(())
}

/// The grant is for an account that the session does not accept. It is queued for revocation in the transaction that lets the browser
/// choose again, after which it may return with another code.
pub(super) fn reopen(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Parked(held, token) = state.tasks[task] else { return None };
    state.tasks[task] = Task::Idle;
    if rules.session_claim && held == Held::Lost {
        return Some(());
    }
    state.session = None;
    state.lose_session();
    revocation::queue(state, token.grant, 0);
    Some(())
}

/// The session has expired: a parked grant is queued for revocation.
pub(super) fn sweep(state: &mut State) -> Option<()> {
    let session = state.session.filter(|session| session.left <= 0)?;
    if let Some(token) = session.parked {
        revocation::queue(state, token.grant, 0);
    }
    state.session = None;
    state.lose_session();
    Some(())
}
