//! The steps that are possible in a state.

use bowline_api::status::AccountStatus;

use super::time::{LIFE, step_back, tick};
use super::{Account, Ghost, Grant, Model, State, Task, Token, link, operator, refresh, revocation};

/// One step: a transaction, a call of the provider, or an external event. Numbers refer to tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Time passes.
    Tick,
    /// The database's clock is set back.
    StepBack,
    /// A caller, or a waiting task, reads the database and finds the token due.
    Look(usize),
    /// A task tries to take the lease.
    TakeLease(usize),
    /// The provider is asked for a token; true if its response is unusable.
    Ask(usize, bool),
    /// The response is written.
    Write(usize),
    /// The caller is answered from memory.
    AnswerCaller(usize),
    /// The user has approved again and returned.
    BeginLink,
    /// A completion claims the session.
    ClaimSession(usize),
    /// The code is sent to the provider; true if the response is lost.
    Exchange(usize, bool),
    /// The grant is parked in the session.
    Park(usize),
    /// The account is stored.
    Store(usize),
    /// The grant is for another account, and the user may choose again.
    Reopen(usize),
    /// The session expires.
    Sweep,
    /// The account is revoked.
    Revoke,
    /// A worker claims the revocation with this index.
    ClaimRevocation(usize, usize),
    /// The provider is asked to revoke; true if it is unreachable.
    Kill(usize, bool),
    /// The worker records the outcome.
    EndRevocation(usize),
    /// An operator suspends the account.
    Suspend,
    /// An operator resumes the account.
    Resume,
    /// Disconnects of the app by the user at the provider.
    Disconnect,
    /// A replica is killed.
    Crash(usize),
}

/// Decrements a budget.
fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}

impl Model {
    /// The state after `action`; `None` if the action is impossible or changes nothing.
    pub(super) fn after(&self, before: &State, action: Action) -> Option<State> {
        let (mut next, rules) = (before.clone(), &self.rules);
        let state = &mut next;
        match action {
            Action::Tick => tick(state),
            Action::StepBack => {
                spend(&mut state.budget.steps_back)?;
                step_back(state);
            }
            Action::Look(task) => {
                if state.tasks[task] == Task::Idle {
                    spend(&mut state.budget.fetches)?;
                }
                refresh::look(state, task)?;
            }
            Action::TakeLease(task) => refresh::take_lease(state, task, rules)?,
            Action::Ask(task, fault) => {
                spend_fault(state, fault)?;
                refresh::ask(state, task, fault)?;
            }
            Action::Write(task) => refresh::write(state, task, rules)?,
            Action::AnswerCaller(task) => refresh::answer(state, task)?,
            Action::BeginLink => {
                spend(&mut state.budget.links)?;
                link::begin(state)?;
            }
            Action::ClaimSession(task) => link::claim(state, task)?,
            Action::Exchange(task, fault) => {
                spend_fault(state, fault)?;
                link::exchange(state, task, fault)?;
            }
            Action::Park(task) => link::park(state, task, rules)?,
            Action::Store(task) => link::store(state, task, rules)?,
            Action::Reopen(task) => link::reopen(state, task, rules)?,
            Action::Sweep => link::sweep(state)?,
            Action::Revoke => act(state, revocation::revoke)?,
            Action::ClaimRevocation(task, index) => revocation::claim(state, task, index)?,
            Action::Kill(task, fault) => {
                spend_fault(state, fault)?;
                revocation::kill(state, task, fault)?;
            }
            Action::EndRevocation(task) => revocation::end(state, task, rules)?,
            Action::Suspend => act(state, operator::suspend)?,
            Action::Resume => act(state, operator::resume)?,
            Action::Disconnect => {
                spend(&mut state.budget.disconnects)?;
                operator::disconnect(state)?;
            }
            Action::Crash(task) => {
                spend(&mut state.budget.crashes)?;
                operator::crash(state, task)?;
            }
        }
        next.tasks.sort_unstable();
        (next != *before).then_some(next)
    }

    /// The steps that a task can take next.
    fn steps_of(state: &State, task: usize, steps: &mut Vec<Action>) {
        match state.tasks[task] {
            Task::Idle => {
                steps.extend([Action::Look(task), Action::ClaimSession(task)]);
                steps.extend((0..state.revocations.len()).map(|index| Action::ClaimRevocation(task, index)));
                return;
            }
            Task::Polling => steps.push(Action::Look(task)),
            Task::Due(..) => steps.push(Action::TakeLease(task)),
            Task::Holding(..) => steps.extend([Action::Ask(task, false), Action::Ask(task, true)]),
            Task::Answered(..) => steps.push(Action::Write(task)),
            Task::Landed(_) => steps.push(Action::AnswerCaller(task)),
            Task::Exchanging(..) => {
                steps.extend([Action::Exchange(task, false), Action::Exchange(task, true)]);
            }
            Task::Exchanged(..) => steps.push(Action::Park(task)),
            Task::Parked(..) => steps.extend([Action::Store(task), Action::Reopen(task)]),
            Task::Claimed(..) => steps.extend([Action::Kill(task, false), Action::Kill(task, true)]),
            Task::Tried(..) => steps.push(Action::EndRevocation(task)),
        }
        steps.push(Action::Crash(task));
    }
}

fn spend_fault(state: &mut State, fault: bool) -> Option<()> {
    if fault { spend(&mut state.budget.faults) } else { Some(()) }
}

fn act(state: &mut State, act: fn(&mut State) -> Option<()>) -> Option<()> {
    spend(&mut state.budget.acts)?;
    act(state)
}

impl stateright::Model for Model {
    type State = State;
    type Action = Action;

    /// A newly linked account and idle replicas.
    fn init_states(&self) -> Vec<State> {
        let token = Token { grant: 0, left: LIFE, lives: LIFE };
        vec![State {
            account: Account {
                status: AccountStatus::Active,
                generation: 1,
                token: Some(token),
                grant: Some(0),
            },
            frozen: false,
            lease: None,
            session: None,
            revocations: Vec::new(),
            grants: vec![Grant::Alive],
            orphans: 0,
            tasks: vec![Task::Idle; self.replicas],
            budget: self.budget,
            ghost: Ghost { refreshes_due: 0, counted: 0, suspended: false, wrong: None },
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend([Action::Tick, Action::StepBack, Action::BeginLink, Action::Sweep]);
        actions.extend([Action::Revoke, Action::Suspend, Action::Resume, Action::Disconnect]);
        for task in 0..state.tasks.len() {
            // Of several replicas in the same state, one is sufficient.
            if task == 0 || state.tasks[task] != state.tasks[task - 1] {
                Self::steps_of(state, task, actions);
            }
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        self.after(before, action)
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        self.all_properties()
    }
}
