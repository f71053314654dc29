//! Checks every state that one account can reach within a budget of faults, and that a property fails without each of
//! the rules.

use bowline_model::account::property::{
    ACCOUNTED, EXPIRED, GENERATION, GONE, NOT_ACTIVE, ONE_HOLDER, OWN_GRANT, REFRESHES, REST, STALE_WRITE,
    SUSPENSION,
};
use bowline_model::account::{Budget, Model, Rules};
use stateright::{Checker as _, HasDiscoveries, Model as _};

const NOTHING: Budget =
    Budget { fetches: 0, links: 0, faults: 0, crashes: 0, acts: 0, disconnects: 0, steps_back: 0 };

/// Checks all properties in every state. Half a million states take seconds.
fn holds(replicas: usize, budget: Budget) {
    let model = Model { replicas, budget, rules: Rules::ALL };
    let checker = model.checker().threads(2).spawn_bfs().join();
    eprintln!("{} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

/// Checks until each of the `expected` properties has failed.
fn fails(budget: Budget, rules: Rules, expected: &[&'static str]) {
    for &property in expected {
        let model = Model { replicas: 3, budget, rules };
        let found = HasDiscoveries::AnyOf([property].into());
        let checker = model.checker().finish_when(found).spawn_bfs().join();
        let path = checker.assert_any_discovery(property);
        eprintln!("not so: {property}\n{:?}", path.into_actions());
    }
}

#[test]
fn three_replicas_refresh_while_one_is_killed_and_the_provider_fails() {
    holds(3, Budget { fetches: 3, faults: 1, crashes: 1, acts: 1, ..NOTHING });
}

#[test]
fn operators_and_the_user_interfere_with_refreshes() {
    holds(2, Budget { fetches: 2, faults: 1, crashes: 1, acts: 2, disconnects: 1, ..NOTHING });
}

#[test]
fn a_link_overtakes_everything_else() {
    holds(2, Budget { fetches: 1, links: 1, crashes: 1, acts: 1, ..NOTHING });
}

#[test]
fn fences_hold_on_a_database_whose_clock_is_set_back() {
    holds(2, Budget { fetches: 2, faults: 1, crashes: 1, acts: 1, disconnects: 1, steps_back: 1, ..NOTHING });
}

/// Not part of `cargo verify`. Run it after a change of the model:
///
/// `cargo nextest run --workspace --release --run-ignored only --no-capture -E 'test(links_with_more_of_everything)'`
#[test]
#[ignore = "millions of states, minutes: its comment has the command"]
fn links_with_more_of_everything() {
    holds(3, Budget { fetches: 1, links: 1, crashes: 1, acts: 1, ..NOTHING });
    holds(2, Budget { fetches: 1, links: 1, faults: 1, crashes: 1, acts: 1, disconnects: 1, ..NOTHING });
    holds(2, Budget { fetches: 2, links: 1, acts: 1, steps_back: 1, ..NOTHING });
}

#[test]
fn without_the_fence_a_stale_holder_ends_another_ones_lease() {
    let rules = Rules { fence: false, ..Rules::ALL };
    fails(Budget { fetches: 3, ..NOTHING }, rules, &[STALE_WRITE, ONE_HOLDER]);
}

#[test]
fn without_a_second_look_one_expiry_is_refreshed_twice() {
    let rules = Rules { look_again: false, ..Rules::ALL };
    fails(Budget { fetches: 2, ..NOTHING }, rules, &[REFRESHES]);
}

#[test]
fn without_compare_and_swap_a_refresh_undoes_a_revoke_or_a_link() {
    let rules = Rules { compare_and_swap: false, ..Rules::ALL };
    fails(Budget { fetches: 1, acts: 1, ..NOTHING }, rules, &[GENERATION, GONE]);
    fails(Budget { fetches: 1, links: 1, ..NOTHING }, rules, &[GENERATION, OWN_GRANT, ACCOUNTED]);
}

#[test]
fn answered_from_memory_a_caller_gets_a_revoked_accounts_token() {
    let rules = Rules { answer_from_database: false, ..Rules::ALL };
    fails(Budget { fetches: 1, acts: 1, ..NOTHING }, rules, &[NOT_ACTIVE, EXPIRED]);
}

#[test]
fn counted_from_the_write_a_stopped_holders_token_is_handed_out_dead() {
    let rules = Rules { life_from_the_call: false, ..Rules::ALL };
    fails(Budget { fetches: 1, ..NOTHING }, rules, &[EXPIRED]);
    fails(Budget { links: 1, ..NOTHING }, rules, &[EXPIRED]);
}

#[test]
fn a_link_that_forgets_the_old_grant_leaves_it_alive() {
    let rules = Rules { replaced_grant_dies: false, ..Rules::ALL };
    fails(Budget { links: 1, ..NOTHING }, rules, &[ACCOUNTED, REST]);
}

#[test]
fn a_revocation_that_forgets_the_generation_calls_a_live_grant_revoked() {
    let rules = Rules { finish_at_generation: false, ..Rules::ALL };
    fails(Budget { links: 1, acts: 2, ..NOTHING }, rules, &[GONE]);
}

#[test]
fn without_the_sessions_claim_an_account_is_stored_whose_grant_was_given_up() {
    let rules = Rules { session_claim: false, ..Rules::ALL };
    fails(Budget { links: 1, ..NOTHING }, rules, &[OWN_GRANT]);
}

#[test]
fn a_link_that_forgets_the_suspension_ends_it() {
    let rules = Rules { suspension_outlives_links: false, ..Rules::ALL };
    fails(Budget { links: 1, acts: 1, ..NOTHING }, rules, &[SUSPENSION]);
}
