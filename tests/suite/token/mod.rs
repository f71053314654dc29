//! The token API: a token that works now, or a clear reason why there is none.

mod ahead;
mod batch;
mod breaker;
mod check;
mod failure;
mod force;
mod journal;
mod keys;
mod lasting;
mod narrow;
mod offer;
mod race;
mod refresh;
mod unknown;

/// Replicas whose many simultaneous callers may wait longer than usual for the database, as debug builds on a busy
/// machine do.
fn patient(replicas: usize) -> bowline_tests::StackBuilder {
    bowline_tests::Stack::builder().replicas(replicas).setting("BOWLINE_POOL__WAIT_SECONDS", 60)
}
