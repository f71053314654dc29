//! A refresh coordinated across all replicas, as in `service/token/refresh/` and `store/tokens/leases.rs`.

use bowline_api::status::AccountStatus::{Active, NeedsReauth};

use super::time::{LEASE, LIFE, LONG_PAST, MIN_TTL, PAUSE};
use super::{Account, Answer, Grant, Held, Lease, Row, Rules, State, Task, Ticks, Token, Wrong};

/// The row, if it is due in a transaction that began `age` ago.
pub(super) fn due(account: Account, age: Ticks) -> Option<Row> {
    let lives = account.token.is_some_and(|token| token.left + age >= MIN_TTL);
    let due = account.status == Active && !lives;
    account.grant.filter(|_| due).map(|grant| Row { generation: account.generation, grant })
}

/// The first read of `prepare`, without a lock. Other tasks may act between this read and the lease.
pub(super) fn look(state: &mut State, task: usize) -> Option<()> {
    state.tasks[task] = match due(state.account, 0) {
        Some(row) => Task::Due(0, row),
        None if state.tasks[task] == Task::Polling => Task::Idle,
        None => return None,
    };
    Some(())
}

/// The rest of `prepare`. It is one step from the lease on, because other candidates for the lease wait for its commit.
pub(super) fn take_lease(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Due(age, row) = state.tasks[task] else { return None };
    let new = Lease { left: LONG_PAST, cool: LONG_PAST, ended: true };
    let lease = *state.lease.get_or_insert(new);
    if lease.cool + age > 0 {
        state.tasks[task] = Task::Idle;
        return Some(());
    }
    if lease.left + age > 0 {
        state.tasks[task] = Task::Polling;
        return Some(());
    }
    let taken = Lease { left: LEASE - age, cool: lease.cool, ended: false };
    state.lose_leases();
    // A take-over: whatever the previous holder did is discarded.
    state.ghost.refreshes_due += i8::from(!lease.ended);
    let row = if rules.look_again { due(state.account, age) } else { Some(row) };
    let Some(row) = row else {
        state.lease = Some(Lease { left: 0, cool: LONG_PAST, ended: true });
        state.tasks[task] = Task::Idle;
        return Some(());
    };
    if row.generation > state.ghost.counted {
        state.ghost.counted = row.generation;
        state.ghost.refreshes_due += 1;
    }
    state.lease = Some(taken);
    state.tasks[task] = Task::Holding(Held::Still, age, row);
    Some(())
}

/// The call of the provider, without a database connection. `fault`: the response is unusable.
pub(super) fn ask(state: &mut State, task: usize, fault: bool) -> Option<()> {
    let Task::Holding(held, age, row) = state.tasks[task] else { return None };
    state.ghost.refreshes_due -= 1;
    let answer = match state.grants[usize::from(row.grant)] {
        _ if fault => Answer::Nothing,
        Grant::Alive => Answer::Fresh(LIFE),
        Grant::Disconnected | Grant::Revoked => Answer::Dead,
    };
    if !matches!(answer, Answer::Fresh(_)) {
        state.ghost.refreshes_due += 1;
    }
    state.tasks[task] = Task::Answered(held, age, row, answer);
    Some(())
}

/// `write_back` or `write_failure`: one transaction that locks the lease's row in its first statement.
pub(super) fn write(state: &mut State, task: usize, rules: &Rules) -> Option<()> {
    let Task::Answered(held, age, row, answer) = state.tasks[task] else { return None };
    let lease = state.lease.as_mut()?;
    state.tasks[task] = Task::Idle;
    let lost = held == Held::Lost;
    if lost && rules.fence {
        return Some(());
    }
    lease.left = 0;
    lease.ended = true;
    lease.cool = if answer == Answer::Nothing { PAUSE } else { LONG_PAST };
    state.lose_leases();
    if lost {
        state.wrong(Wrong::StaleWrite);
    }
    let account = &mut state.account;
    let same = account.generation == row.generation && account.status == Active;
    match answer {
        Answer::Fresh(_) | Answer::Dead if rules.compare_and_swap && !same => {
            state.ghost.refreshes_due += 1;
        }
        Answer::Fresh(lives) => {
            let left = if rules.life_from_the_call { LIFE - age } else { LIFE };
            let token = Token { grant: row.grant, left, lives };
            let generation = row.generation + 1;
            if generation <= account.generation {
                state.ghost.wrong.get_or_insert(Wrong::GenerationBack);
            }
            *account = Account { generation, token: Some(token), grant: Some(row.grant), ..*account };
        }
        Answer::Dead => account.status = NeedsReauth,
        Answer::Nothing => {}
    }
    if let (Answer::Fresh(lives), false) = (answer, rules.answer_from_database) {
        state.tasks[task] = Task::Landed(Token { grant: row.grant, left: LIFE - age, lives });
    }
    Some(())
}

/// The answer to a caller that is not served from the database.
pub(super) fn answer(state: &mut State, task: usize) -> Option<()> {
    let Task::Landed(token) = state.tasks[task] else { return None };
    state.tasks[task] = Task::Idle;
    if state.account.status != Active {
        state.wrong(Wrong::NotActive);
    } else if token.lives <= 0 || state.account.grant != Some(token.grant) {
        state.wrong(Wrong::DeadToken);
    }
    Some(())
}
