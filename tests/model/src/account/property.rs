//! The properties: invariants that must hold in every state, and situations that must be reachable.

use bowline_api::status::AccountStatus::{Active, Revoked, Revoking};
use stateright::Property;

use super::calm::comes_to_rest;
use super::time::LEASE;
use super::{Grant, Held, Model, State, Task, Wrong};

/// A caller gets a token of an account that is not active.
pub const NOT_ACTIVE: &str = "no token of an account that is not active is handed out";
/// A caller can get an expired token.
pub const EXPIRED: &str = "no expired token is handed out";
/// A caller can get a token whose grant was revoked by the server or belongs to another account.
pub const OWN_GRANT: &str = "what is handed out is of the account's own grant, which we have not revoked";
/// Two replicas refresh under valid leases.
pub const ONE_HOLDER: &str = "one replica at a time holds a lease that has not run out";
/// A holder writes after another replica has taken over.
pub const STALE_WRITE: &str = "a stale holder's write is refused";
/// The generation decreases.
pub const GENERATION: &str = "the generation never goes back";
/// The provider is called without a reason.
pub const REFRESHES: &str = "refreshes <= expiries + failures + take-overs + results that came too late";
/// A grant is alive but nobody knows of it.
pub const ACCOUNTED: &str =
    "every live grant is in the database, in a call under way, or counted as an orphan";
/// A revoked account holds a token, or its grant is not revoked yet.
pub const GONE: &str = "a revoked account holds no token, and revoked means dead at the provider";
/// A suspension ends without an operator.
pub const SUSPENSION: &str = "only an operator ends a suspension";
/// Something never finishes although nothing fails any more.
pub const REST: &str = "once nothing fails, revoked grants die and an active account's caller gets a token";

impl Model {
    /// The safety properties of tokens and grants, and reachability properties that show that the model makes progress.
    pub(super) fn all_properties(self) -> Vec<Property<Self>> {
        let mut all: Vec<Property<Self>> = vec![
            Property::always(NOT_ACTIVE, |_, state: &State| state.ghost.wrong != Some(Wrong::NotActive)),
            Property::always(OWN_GRANT, own_grant),
            Property::always(STALE_WRITE, |_, state: &State| state.ghost.wrong != Some(Wrong::StaleWrite)),
            Property::always(GENERATION, |_, state: &State| state.ghost.wrong != Some(Wrong::GenerationBack)),
            Property::always(REFRESHES, |_, state: &State| state.ghost.refreshes_due >= 0),
            Property::always(ACCOUNTED, accounted),
            Property::always(GONE, gone),
            Property::always(SUSPENSION, suspension),
            Property::always(REST, comes_to_rest),
        ];
        if self.budget.steps_back == 0 {
            // If its clock goes back, the database trusts tokens and leases that have expired; then only the fences
            // hold.
            all.push(Property::always(EXPIRED, not_expired));
            all.push(Property::always(ONE_HOLDER, one_holder));
        }
        all.push(Property::sometimes("a refresh is written", |_, state: &State| {
            state.account.generation > 1
        }));
        if self.budget.fetches > 1 {
            all.push(Property::sometimes("a stale holder wakes", |_, state: &State| {
                answered(state).any(|(held, _)| held == Held::Lost)
            }));
        }
        if self.budget.links > 0 {
            all.push(Property::sometimes("a link overtakes a refresh", |_, state: &State| {
                let linked = state.account.grant.is_some_and(|grant| grant > 0);
                linked && answered(state).any(|(_, generation)| generation < state.account.generation)
            }));
        }
        if self.budget.links > 0 && self.budget.crashes > 0 {
            all.push(Property::sometimes("a kill orphans a grant", |_, state: &State| state.orphans != 0));
        }
        if self.budget.acts > 0 {
            all.push(Property::sometimes("a revoked grant dies", |_, state: &State| {
                state.account.status == Revoked
            }));
        }
        all
    }
}

/// The replicas that are about to write a refresh: whether they still hold the lease, and the generation that they
/// read.
fn answered(state: &State) -> impl Iterator<Item = (Held, u8)> {
    state.tasks.iter().filter_map(|task| match task {
        Task::Answered(held, _, row, _) => Some((*held, row.generation)),
        _ => None,
    })
}

fn not_expired(_: &Model, state: &State) -> bool {
    state.ghost.wrong != Some(Wrong::DeadToken) && state.handed_out().is_none_or(|token| token.lives > 0)
}

fn own_grant(_: &Model, state: &State) -> bool {
    state.handed_out().is_none_or(|token| {
        state.account.grant == Some(token.grant) && state.grants[usize::from(token.grant)] != Grant::Revoked
    })
}

fn one_holder(_: &Model, state: &State) -> bool {
    let holds = |task: &&Task| matches!(task, Task::Holding(_, age, _) | Task::Answered(_, age, _, _) if *age < LEASE);
    state.tasks.iter().filter(holds).count() <= 1
}

fn accounted(_: &Model, state: &State) -> bool {
    (0..).zip(&state.grants).all(|(id, grant)| {
        *grant != Grant::Alive
            || state.account.grant == Some(id)
            || state.revocations.iter().any(|revocation| revocation.grant == id)
            || state.session.is_some_and(|session| session.parked.is_some_and(|token| token.grant == id))
            || state.tasks.iter().any(|task| matches!(task, Task::Exchanged(_, token) if token.grant == id))
            || state.orphans & (1 << id) != 0
    })
}

fn gone(_: &Model, state: &State) -> bool {
    let account = &state.account;
    let stripped = account.token.is_none() && account.grant.is_none();
    let pending = state.revocations.iter().any(|revocation| revocation.generation == account.generation);
    match account.status {
        Revoking => stripped,
        Revoked => stripped && !pending,
        _ => true,
    }
}

fn suspension(_: &Model, state: &State) -> bool {
    !state.ghost.suspended || state.account.status != Active
}
