//! The tenants' tables cut into eight by tenant: the real server runs on them, and each of its hot statements touches one piece.
//!
//! Hash partitions stand for shards here: what the planner can prune by `tenant_id` an engine that shards by it can route.
//! What it cannot show (other nodes, two-phase commit) stands in `docs/sharding.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Database, Postgres, Stack, Tenant, until};
use serde_json::Value;

use crate::common::{newcomer, set_token_life};

const SHARDS: usize = 8;

/// The statements whose shards are looked at, by the tables that they must have met for the test to mean anything.
const HOT: [&str; 6] =
    ["accounts", "api_keys", "token_holdings", "refresh_leases", "connectors", "audit_heads"];

/// The schema of the migrations, with every table that has a tenant cut into [`SHARDS`] by it; and those tables' names.
fn sharded(dump: &str) -> (String, Vec<String>) {
    // A partitioned table has no storage of its own to have parameters.
    let dump = dump.replace("\n)\nWITH (fillfactor='80');", "\n);");
    let (mut out, mut tables) = (String::new(), Vec::new());
    let mut open: Option<(String, bool)> = None;
    for line in dump.lines() {
        if let Some(name) = line.strip_prefix("CREATE TABLE public.").and_then(|rest| rest.strip_suffix(" ("))
        {
            open = Some((name.to_owned(), false));
        }
        if let Some((name, has_tenant)) = &mut open {
            *has_tenant |= line.trim_start().starts_with("tenant_id uuid NOT NULL");
            if line == ");" {
                if *has_tenant {
                    out.push_str(") PARTITION BY HASH (tenant_id);\n");
                    for shard in 0..SHARDS {
                        let _ = writeln!(
                            out,
                            "CREATE TABLE public.{name}_s{shard} PARTITION OF public.{name} FOR VALUES WITH (MODULUS {SHARDS}, REMAINDER {shard});"
                        );
                    }
                    tables.push(name.clone());
                    open = None;
                    continue;
                }
                open = None;
            }
        }
        // ONLY would leave the partitions without the key.
        out.push_str(&line.replace("ALTER TABLE ONLY", "ALTER TABLE"));
        out.push('\n');
    }
    (out, tables)
}

/// A database whose tenants' tables are partitioned, and where the server's role logs every plan with what it met.
async fn sharded_database(postgres: Postgres) -> Result<(Database, Vec<String>)> {
    let database = Database::fresh_in(postgres).await?;
    let dump = database.postgres().tool("pg_dump", database.name(), &["--schema-only"]).await?;
    let (schema, tables) = sharded(&String::from_utf8(dump)?);
    let file = tempfile::Builder::new().suffix(".sql").tempfile()?;
    std::fs::write(file.path(), schema)?;
    let client = database.superuser().await?;
    let versions = client.query("SELECT version FROM __diesel_schema_migrations", &[]).await?;
    client
        .batch_execute("DROP SCHEMA public CASCADE; DROP EXTENSION IF EXISTS pg_trgm; CREATE SCHEMA public")
        .await?;
    client.batch_execute("GRANT USAGE ON SCHEMA public TO PUBLIC").await?;
    let path = file.path().to_str().context("a path that is no text")?;
    database
        .postgres()
        .tool("psql", database.name(), &["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path])
        .await?;
    for row in versions {
        let version: String = row.get(0);
        client.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ($1)", &[&version]).await?;
    }
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_nested_statements", "on"),
        ("auto_explain.log_format", "json"),
    ] {
        let name = database.name();
        client
            .batch_execute(&format!("ALTER ROLE bowline_server IN DATABASE {name} SET {setting} = '{value}'"))
            .await?;
    }
    Ok((database, tables))
}

/// One statement as it was run: its text, and for each table the shards of it that were touched.
struct Run {
    text: String,
    plan: Value,
    touched: BTreeMap<String, BTreeSet<usize>>,
}

impl Run {
    fn shards(&self) -> BTreeSet<usize> {
        self.touched.values().flatten().copied().collect()
    }
}

/// Every plan in a log of Postgres.
fn runs(log: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for part in log.split("plan:\n").skip(1) {
        let mut plans = serde_json::Deserializer::from_str(part).into_iter::<Value>();
        if let Some(Ok(plan)) = plans.next() {
            let mut touched = BTreeMap::new();
            walk(&plan["Plan"], &mut touched);
            runs.push(Run {
                text: plan["Query Text"].as_str().unwrap_or_default().to_owned(),
                plan,
                touched,
            });
        }
    }
    runs
}

fn walk(node: &Value, touched: &mut BTreeMap<String, BTreeSet<usize>>) {
    let met = node["Actual Loops"].as_f64().unwrap_or_default() > 0.0;
    if let (true, Some(relation)) = (met, node["Relation Name"].as_str()) {
        let (table, shard) =
            match relation.rsplit_once("_s").map(|(table, shard)| (table, shard.parse::<usize>())) {
                Some((table, Ok(shard))) => (table, Some(shard)),
                _ => (relation, None),
            };
        touched.entry(table.to_owned()).or_default().extend(shard);
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        walk(child, touched);
    }
}

struct Log(PathBuf);

impl Log {
    fn read(&self, from: usize) -> String {
        let bytes = std::fs::read(&self.0).unwrap_or_default();
        String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hot_statement_touches_one_shard() -> Result<()> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let log = Log(postgres.directory().context("a Postgres of our own")?.join("postgres.log"));
    let (database, tables) = sharded_database(postgres).await?;
    for table in HOT {
        ensure!(tables.iter().any(|sharded| sharded == table), "{table} is not sharded: {tables:?}");
    }
    let stack = Stack::builder()
        .database(database)
        // The search for due work over all tenants is no hot statement: one replica does it, off the path of requests.
        .setting("BOWLINE_WORKER__ENABLED", false)
        .setting("BOWLINE_LOG", "info")
        .start()
        .await?;
    let mut tenants = Vec::new();
    for slug in ["acme", "birch", "cedar"] {
        let tenant = Tenant::create(&stack, slug).await?;
        let account = newcomer(&stack, slug).links(&stack, &tenant, "user-1").await?;
        tenants.push((tenant, account.id));
    }
    let from = log.read(0).len();
    for (tenant, account) in &tenants {
        // First issue; repeats; a refresh with its lease and its write-back, and the first issue of what it brought.
        for _ in 0..3 {
            tenant.token(*account).await?;
        }
        set_token_life(&stack, *account, 0).await?;
        tenant.token(*account).await?;
        tenant.token(*account).await?;
        // A failed refresh ends the lease in another way.
        assert_eq!(tenant.revoke(*account).await?.status, 202);
    }
    let flushed = "SELECT count(DISTINCT tenant_id) FROM token_holdings WHERE issues > 1";
    until("the repeats to be written", async || {
        stack.database.count(flushed).await.ok().filter(|count| *count == 3)
    })
    .await?;
    assert_eq!(stack.dropbox.count(dropbox_sim::Operation::TokenRefresh), 3);

    let runs: Vec<Run> = runs(&log.read(from)).into_iter().filter(|run| !run.touched.is_empty()).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for run in &runs {
        seen.extend(run.touched.keys().cloned());
        let shards = run.shards();
        ensure!(shards.len() <= 1, "touches shards {:?}: {}\n{}", run.touched, run.text, run.plan);
    }
    for table in HOT {
        ensure!(seen.contains(table), "nothing was seen to touch {table}; seen: {seen:?}");
    }
    let distinct: BTreeSet<&str> = runs.iter().map(|run| run.text.as_str()).collect();
    eprintln!("{} runs of {} statements", runs.len(), distinct.len());
    // The plans are read as they are: three tenants lie on more shards than one.
    let all: BTreeSet<usize> = runs.iter().flat_map(Run::shards).collect();
    ensure!(all.len() > 1, "all three tenants happen to lie on shard {all:?}");
    Ok(())
}
