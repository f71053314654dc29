//! The list of all faults and their expected outcomes.

use futures_util::future::LocalBoxFuture;

use crate::plan::{Plan, Seen};
use crate::scenario::{
    clock, crash, disk, exchange, holder, link, network, outage, pool, postgres, provider, refresh, revoke,
    stop, webhook,
};

/// A fault scenario.
pub struct Scenario {
    /// The name for `--only`.
    pub name: &'static str,
    /// The fault that is injected.
    pub fault: &'static str,
    /// The expected outcome.
    pub expected: &'static str,
    /// The number of faults in `cargo faults`.
    pub times: usize,
    /// Injects the fault and checks the outcome.
    pub run: fn(Plan) -> LocalBoxFuture<'static, anyhow::Result<Seen>>,
}

macro_rules! scenarios {
    ($($name:literal, $times:literal, $run:path, $fault:literal => $expected:literal;)*) => {
        /// All scenarios, in the order of `cargo faults`.
        pub const SCENARIOS: &[Scenario] = &[$(Scenario {
            name: $name,
            fault: $fault,
            expected: $expected,
            times: $times,
            run: |plan| Box::pin($run(plan)),
        },)*];
    };
}

scenarios! {
    "storm", 3, refresh::storm,
        "10,000 fetches of one expired token, 3 replicas" => "1 refresh, all answered with it";
    "storm-fails", 3, refresh::storm_fails,
        "the same with a failing refresh" => "1 call, the same 503 for all, a cool-down";
    "holder-killed", 5, holder::killed,
        "holder of the lease killed during a refresh" => "another takes over within the lease (15 s)";
    "holder-frozen", 3, holder::frozen,
        "holder stopped for 20 s and continued" => "another takes over; the stale result is refused";
    "holder-late", 20, holder::late,
        "the holder's answer comes after its lease" => "the stale write is refused, the new token stays";
    "provider", 5, provider::answers,
        "timeouts, resets, 5xx, 429 (seconds, dates, nonsense), garbage" => "1 call, a clear answer, old tokens kept";
    "exchange", 5, exchange::faults,
        "the same while a code is exchanged" => "the code is sent once; the user can link again; no orphan that the server could know of";
    "outage", 1, outage::down,
        "Dropbox down for 10 minutes, then back" => "valid tokens served; single probes; after it 2, 4, 8, … calls per second";
    "revoke-outage", 10, revoke::with_dropbox_down,
        "Dropbox down during a revocation" => "revoked here immediately on all replicas, at Dropbox when it is back";
    "revoke-killed", 20, revoke::killed,
        "killed between the revocation at Dropbox and the commit" => "resumes; the grant ends";
    "exchange-killed", 200, link::killed,
        "killed between exchange and commit" => "at most one orphan per kill; the user can retry";
    "kill-under-load", 50, crash::kill_under_load,
        "kill -9 under load" => "ready within 3 s, nothing acknowledged lost";
    "sigterm-under-load", 10, stop::rolling,
        "SIGTERM under load, one replica after another" => "no failed request";
    "webhooks-killed", 20, webhook::killed,
        "senders of webhooks killed after the POST" => "each event arrives, with the same id, in order, at its own tenant alone";
    "small-pool", 3, pool::small,
        "a pool of 2 and 500 waiters, Dropbox slow" => "no deadlock; valid tokens are served meanwhile";
    "pool-exhausted", 5, pool::exhausted,
        "every connection of the pool held by a waiting statement" => "503 with Retry-After within 2 s; /livez 200";
    "backends-killed", 20, postgres::backends_killed,
        "all backends terminated under load" => "503 at most, healed within 10 s, nothing lost";
    "postgres-restarted", 10, postgres::restarted,
        "Postgres restarted under load" => "503 within 5 s, healed within 10 s, nothing lost";
    "postgres-killed", 10, postgres::killed,
        "Postgres killed with -9 under load" => "503 within 5 s, healed within 10 s, nothing lost";
    "postgres-hung", 3, postgres::hung,
        "Postgres stopped (SIGSTOP) for 15 s" => "503 within 5 s, healed within 10 s, nothing lost";
    "postgres-unreachable", 3, postgres::unreachable,
        "packets to Postgres vanish for 15 s" => "503 within 5 s, healed within 10 s, nothing lost";
    "postgres-refused", 5, network::refused,
        "Postgres refuses connections" => "503 within 5 s, healed within 10 s, nothing lost";
    "postgres-slow", 3, network::slow,
        "20 ms on every packet to and from Postgres" => "slow but correct";
    "postgres-cut", 100, network::cut,
        "connections reset in the middle of an answer" => "503 at most, nothing acknowledged lost";
    "disk-full", 3, disk::full,
        "Postgres's disk is full" => "no success reported for a write that is not durable; works when there is space";
    "fsync-fails", 3, disk::fsync,
        "fsync of the write-ahead log fails" => "no success reported for a write that is not durable";
    "clock", 3, clock::skewed,
        "one replica's clock an hour ahead, another's behind" => "no early or late expiry";
}

/// Finds a scenario by name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}
