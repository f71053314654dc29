//! The tenants' tables are partitioned by tenant into eight parts. The real server runs on them, and each of its hot
//! statements touches one part.
//!
//! Hash partitions stand in for shards: if the planner can prune by `tenant_id`, an engine that shards by it can route.
//! `docs/sharding.md` describes what this cannot show (other nodes, two-phase commit).

mod alike;
mod lint;
mod plans;
mod schema;
mod traffic;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Postgres, Stack, until};
use futures_util::future::try_join_all;

use plans::{Log, Run, Scope};
use traffic::Busy;

/// The tables that the statements must have touched for the test to be meaningful.
const HOT: [&str; 14] = [
    "account_changes",
    "accounts",
    "api_keys",
    "audit_heads",
    "connector_health",
    "connectors",
    "data_keys",
    "link_sessions",
    "link_starts",
    "narrowed_tokens",
    "refresh_leases",
    "revocations",
    "token_holdings",
    "token_repeats",
];
/// The number of shards over which the tenants must be spread.
const SPREAD: i64 = 3;
/// The users per tenant, and the additional keys for the journal. For three tenants they give more holdings than a
/// flush writes directly.
const USERS: usize = 20;
const KEYS: usize = 20;

/// A server on a sharded database, with tenants on at least three shards.
async fn spread(sharded: bool) -> Result<(Stack, Log, Vec<Busy>)> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let log = Log::at(postgres.directory().context("Postgres is not private")?.join("postgres.log"));
    let (database, tables) = schema::sharded_database(postgres).await?;
    for table in HOT {
        ensure!(tables.iter().any(|sharded| sharded == table), "{table} is not sharded: {tables:?}");
    }
    let stack = Stack::builder()
        .database(database)
        .setting("BOWLINE_DATABASE__SHARDED", sharded)
        // There are many calls at once and every plan is logged, so generous limits prevent refusals.
        .setting("BOWLINE_POOL__WAIT_SECONDS", 30)
        .setting("BOWLINE_POOL__STATEMENT_SECONDS", 30)
        .setting("BOWLINE_LOG", "info")
        .start()
        .await?;
    let mut tenants = Vec::new();
    let shards = "SELECT count(DISTINCT tableoid) FROM api_keys";
    while tenants.len() < 3 || stack.database.count(shards).await? < SPREAD {
        tenants.push(Busy::create(&stack, &format!("tenant-{}", tenants.len())).await?);
    }
    Ok((stack, log, tenants))
}

/// The largest number of shards that a statement of the token path touched, and of calls that one carried.
fn most(runs: &[Run]) -> (usize, f64) {
    let trips = || runs.iter().filter_map(|run| Some((run.calls()?, run.shards().len())));
    (trips().map(|trip| trip.1).max().unwrap_or_default(), trips().map(|trip| trip.0).fold(0.0, f64::max))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hot_statement_touches_one_shard() -> Result<()> {
    let (stack, log, mut tenants) = spread(true).await?;
    let from = log.length();
    try_join_all(tenants.iter_mut().map(|busy| busy.link(&stack, USERS))).await?;
    traffic::fetches(&tenants).await?;
    traffic::refreshes(&stack, &tenants).await?;
    traffic::failures(&stack, &tenants).await?;
    let keyed = traffic::keys(&stack, &tenants, KEYS).await?;
    let all = i64::try_from(tenants.len())?;
    let journals = "SELECT count(DISTINCT tenant_id) FROM token_repeats";
    until("the journal of every tenant", async || {
        traffic::repeats(&stack, &keyed).await.ok()?;
        stack.database.count(journals).await.ok().filter(|count| *count == all)
    })
    .await?;
    until("the journal to be folded", async || {
        stack.database.count(journals).await.ok().filter(|count| *count == 0)
    })
    .await?;

    traffic::administration(&stack, &tenants).await?;

    let runs = log.runs(from);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for run in &runs {
        // Searches over all tenants use the workers' role and are not part of requests; statements that write or lock
        // are not searches. The ticket or state of an end user does not name its tenant.
        let search = match run.scope {
            Scope::Everybody => !run.text.contains("INSERT INTO") && !run.text.contains("UPDATE"),
            Scope::Credential => {
                run.touched.keys().all(|table| ["link_sessions", "link_starts"].contains(&table.as_str()))
            }
            Scope::Alone | Scope::Tenant => false,
        };
        if !search {
            seen.extend(run.touched.keys().map(String::as_str));
            let shards = run.shards();
            let Run { scope, text, plan, touched } = run;
            ensure!(shards.len() <= 1, "{scope:?} touches shards {touched:?}: {text}\n{plan}");
        }
    }
    for table in HOT {
        ensure!(seen.contains(table), "no statement touched {table}; touched: {seen:?}");
    }
    for scope in [Scope::Alone, Scope::Tenant, Scope::Credential, Scope::Everybody] {
        ensure!(runs.iter().any(|run| run.scope == scope), "no statement was read as {scope:?}");
    }
    let (shards, calls) = most(&runs);
    ensure!(shards == 1 && calls > 1.0, "want one shard and several calls, not {shards} and {calls}");
    let distinct: BTreeSet<&str> = runs.iter().map(|run| run.text.as_str()).collect();
    eprintln!("{} runs of {} statements; {calls} calls in one at most", runs.len(), distinct.len());
    let writes = distinct.iter().copied().filter(|text| {
        let first = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        ["INSERT", "UPDATE", "DELETE", "WITH"].contains(&first.as_str())
    });
    let changed = lint::check(&stack.database, writes).await?;
    for table in HOT.iter().filter(|table| **table != "data_keys" && !table.starts_with("audit")) {
        ensure!(changed.contains(*table), "no statement changed {table}; changed: {changed:?}");
    }
    // Control: the tenants are on several shards, and searches do touch several.
    ensure!(runs.iter().any(|run| run.shards().len() > 1), "no search touched several shards");
    Ok(())
}

/// The control: the same simultaneous calls without the setting. Tenants then share statements, which the test above
/// would detect.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_one_statement_touches_several() -> Result<()> {
    let (stack, log, mut tenants) = spread(false).await?;
    try_join_all(tenants.iter_mut().map(|busy| busy.link(&stack, 3))).await?;
    let from = log.length();
    for _ in 0..5 {
        traffic::fetches(&tenants).await?;
        if most(&log.runs(from)).0 > 1 {
            return Ok(());
        }
    }
    anyhow::bail!("tenants on two shards never shared a trip: {:?}", most(&log.runs(from)))
}
