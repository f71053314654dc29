//! Replicas of two versions on one database during a rollout, and their readiness.
//!
//! There is no released older version. This version plays the older one on a database that a newer one has migrated
//! within the rules of `migrations/README.md`, and the newer one before its migrations have run.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Database, Stack, Tenant};
use serde_json::Value;

use crate::common::{linked, newcomer, set_token_life};

/// Changes that a newer version may have made (expand, then contract).
const OF_TOMORROW: &str = "
    ALTER TABLE accounts ADD COLUMN of_tomorrow text, ADD COLUMN counted_tomorrow integer NOT NULL DEFAULT 0;
    ALTER TABLE link_sessions ADD COLUMN of_tomorrow jsonb;
    ALTER TABLE refresh_leases ADD COLUMN of_tomorrow timestamptz;
    CREATE TABLE of_tomorrow (tenant_id uuid NOT NULL PRIMARY KEY);
    ALTER TABLE of_tomorrow ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001');";

/// The readiness of the first server, and its report on the migrations.
async fn readiness(stack: &Stack) -> Result<(u16, Value)> {
    let answer = stack.http().get(format!("{}/readyz", stack.server(0).internal_url())).send().await?;
    let (status, text) = (answer.status().as_u16(), answer.text().await?);
    let said: Value = serde_json::from_str(&text)?;
    let checks = said["checks"].as_array().context("the report has no checks")?;
    let migrations = checks.iter().find(|check| check["name"] == "migrations").cloned();
    Ok((status, migrations.with_context(|| text)?))
}

async fn migrate(stack: &Stack) -> Result<()> {
    let owner_url = stack.database.owner_url()?;
    let settings = [("BOWLINE_DATABASE__OWNER_URL", owner_url.as_str())];
    let done = stack.try_command_with(&settings, &["migrate", "--json"], None).await?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// A link, old and new tokens, and a revocation.
async fn everything_works(stack: &Stack, acme: &Tenant, name: &str) -> Result<()> {
    let before = stack.live_grants();
    let account = newcomer(stack, name).links(stack, acme, name).await?;
    acme.token(account.id).await?;
    set_token_life(stack, account.id, 0).await?;
    acme.token(account.id).await?;
    assert_eq!(acme.accounts().await?.iter().filter(|each| each.id == account.id).count(), 1);
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    stack.wait_for_live_grants(before).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_server_works_on_a_database_that_a_newer_one_has_migrated() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    let token = acme.token(account.id).await?;
    // The migration runs while the server is running with prepared statements.
    stack.database.superuser().await?.batch_execute(OF_TOMORROW).await?;
    assert_eq!(acme.token(account.id).await?.access_token, token.access_token);
    everything_works(&stack, &acme, "running").await?;
    assert_eq!(readiness(&stack).await?.0, 200);
    // A server that starts now accepts the schema, and its own migrations undo nothing.
    stack.server_mut(0).kill().await?;
    migrate(&stack).await?;
    stack.server_mut(0).start().await?;
    assert_eq!(readiness(&stack).await?.0, 200);
    everything_works(&stack, &acme, "begun").await?;
    let there = "SELECT count(*) FROM __diesel_schema_migrations WHERE version = '20991231000001'";
    assert_eq!(stack.database.count(there).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_server_neither_begins_nor_is_ready_before_the_database_is_migrated() -> Result<()> {
    let (mut stack, acme, _) = linked().await?;
    take_back_the_last_migration(&stack.database).await?;
    // A running server gets no more requests.
    let (status, migrations) = readiness(&stack).await?;
    assert_eq!((status, &migrations["ok"]), (503, &Value::Bool(false)), "{migrations}");
    stack.server_mut(0).kill().await?;
    let refused =
        stack.server_mut(0).start().await.expect_err("it begins on a database that it does not know");
    assert!(format!("{refused:#}").contains("lacks migrations"), "{refused:#}");
    migrate(&stack).await?;
    stack.server_mut(0).start().await?;
    assert_eq!(readiness(&stack).await?.0, 200);
    everything_works(&stack, &acme, "begun").await
}

async fn take_back_the_last_migration(database: &Database) -> Result<()> {
    let all = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations"))?;
    let scripts =
        all.filter_map(|entry| Some(entry.ok()?.path().join("down.sql"))).filter(|path| path.is_file());
    let last = scripts.max().context("no migrations were found")?;
    let owner = database.superuser().await?;
    owner.batch_execute(&std::fs::read_to_string(last)?).await?;
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    ensure!(owner.execute(forget, &[]).await? == 1);
    Ok(())
}
