//! `doctor` and `/readyz` detect a table whose row-level security was disabled, and an incomplete sharded setup.

use anyhow::{Context as _, Result};
use bowline_tests::Stack;
use serde_json::Value;

/// The check with this name, as `doctor` reports it.
async fn doctor(stack: &Stack, name: &str) -> Result<(bool, String)> {
    let output = stack.try_command(&["doctor", "--json"], None).await?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let found = check(&report, name)?;
    let all = report["checks"]
        .as_array()
        .context("the report has no checks")?
        .iter()
        .all(|check| check["ok"] == true);
    assert_eq!(output.status.success(), all, "the exit status says whether anything is wrong");
    Ok(found)
}

fn check(report: &Value, name: &str) -> Result<(bool, String)> {
    let checks = report["checks"].as_array().context("the report has no checks")?;
    let found = checks.iter().find(|check| check["name"] == name);
    let found = found.with_context(|| format!("the report has no check {name}: {report}"))?;
    Ok((found["ok"] == true, found["detail"].as_str().unwrap_or_default().to_owned()))
}

async fn readiness(stack: &Stack) -> Result<(u16, bool, String)> {
    let answer = stack.http().get(format!("{}/readyz", stack.server(0).internal_url())).send().await?;
    let status = answer.status().as_u16();
    let (ok, detail) = check(&answer.json().await?, "row-level security")?;
    Ok((status, ok, detail))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_is_not_forced_is_named_and_one_without_row_level_security_is_not_served() -> Result<()>
{
    let stack = Stack::start().await?;
    let alter = async |sql: &str| stack.database.execute(sql, &[]).await;
    assert!(doctor(&stack, "row-level security").await?.0);
    assert_eq!(readiness(&stack).await?.0, 200);

    alter("ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY").await?;
    let (ok, detail) = doctor(&stack, "row-level security").await?;
    assert!(!ok && detail.starts_with("not forced on accounts:"), "{detail}");
    // The server is not the owner, so it is still restricted.
    let (status, ok, detail) = readiness(&stack).await?;
    assert!(status == 200 && ok && detail.starts_with("not forced on accounts:"), "{status} {detail}");

    alter("ALTER TABLE accounts FORCE ROW LEVEL SECURITY").await?;
    alter("DROP POLICY accounts_migrations ON accounts").await?;
    let (ok, detail) = doctor(&stack, "row-level security").await?;
    assert!(!ok && detail.contains("bowline-server migrate"), "{detail}");
    stack
        .try_command_with(
            &[("BOWLINE_DATABASE__OWNER_URL", &stack.database.owner_url()?)],
            &["migrate"],
            None,
        )
        .await?;
    assert!(doctor(&stack, "row-level security").await?.0);

    alter("ALTER TABLE data_keys DISABLE ROW LEVEL SECURITY").await?;
    let (status, ok, detail) = readiness(&stack).await?;
    assert!(status == 503 && !ok && detail.starts_with("off on data_keys:"), "{status} {detail}");
    let refused = stack.try_command(&["serve"], None).await?;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("off on data_keys"), "{said}");
    Ok(())
}

/// Tables and functions with the names and columns of Citus. The queries of the checks run unchanged, but they are not
/// tested against Citus itself, which cannot be installed here.
const STAND_INS: &str = r"
    CREATE TABLE pg_dist_partition AS
        SELECT c.oid::regclass AS logicalrelid, 'h'::char AS partmethod, 'tenant_id' AS partkey, 7 AS colocationid, 's'::char AS repmodel
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'tenants'::regclass, 'n', NULL, 8, 't';
    CREATE TABLE pg_dist_node AS
        SELECT 'worker-' || n || '.internal' AS nodename, 5432 AS nodeport, true AS isactive, 'primary' AS noderole,
               true AS shouldhaveshards FROM generate_series(1, 2) n;
    CREATE FUNCTION column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
    -- Each node lets in who may log in.
    CREATE FUNCTION run_command_on_workers(command text)
        RETURNS TABLE (nodename text, nodeport integer, success boolean, result text) LANGUAGE sql AS $$
        SELECT n.nodename, n.nodeport, r.rolcanlogin, CASE WHEN r.rolcanlogin THEN '1' ELSE 'failed to connect' END
        FROM pg_dist_node n, pg_roles r WHERE r.rolname = current_user $$;
    GRANT SELECT ON pg_dist_partition, pg_dist_node TO PUBLIC;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sharded_set_up_is_looked_at_where_the_setting_is_on() -> Result<()> {
    let postgres = tokio::task::spawn_blocking(bowline_tests::Postgres::private).await??;
    let database = bowline_tests::Database::fresh_in(postgres).await?;
    let stack =
        Stack::builder().database(database).setting("BOWLINE_DATABASE__SHARDED", true).start().await?;
    let (ok, detail) = doctor(&stack, "shards").await?;
    assert!(ok && detail.contains("Citus is not there"), "{detail}");

    let hand = stack.database.superuser().await?;
    hand.batch_execute(STAND_INS).await?;
    assert!(doctor(&stack, "sharded tables").await?.0);
    let (ok, detail) = doctor(&stack, "sharded settings").await?;
    assert!(!ok && detail.contains("citus.propagate_set_commands"), "{detail}");
    let set = format!("ALTER ROLE bowline_server IN DATABASE {} SET", stack.database.name());
    hand.batch_execute(&format!("{set} citus.propagate_set_commands = 'local'")).await?;
    assert!(doctor(&stack, "sharded settings").await?.0);

    let (ok, detail) = doctor(&stack, "logins between nodes").await?;
    assert!(!ok && detail.contains("bowline_worker at worker-2.internal:5432"), "{detail}");
    assert!(detail.contains("bowline_operator at worker-1.internal:5432"), "{detail}");
    // These roles belong to the cluster, which is this test's own.
    hand.batch_execute("ALTER ROLE bowline_worker LOGIN; ALTER ROLE bowline_operator LOGIN").await?;
    assert!(doctor(&stack, "logins between nodes").await?.0);

    for (break_it, name) in [
        ("DELETE FROM pg_dist_partition WHERE logicalrelid = 'narrowed_tokens'::regclass", "narrowed_tokens"),
        (
            "UPDATE pg_dist_partition SET colocationid = 9 WHERE logicalrelid = 'accounts'::regclass",
            "accounts",
        ),
        ("UPDATE pg_dist_partition SET partkey = 'id' WHERE logicalrelid = 'api_keys'::regclass", "api_keys"),
        ("UPDATE pg_dist_partition SET repmodel = 's' WHERE logicalrelid = 'tenants'::regclass", "tenants"),
    ] {
        hand.batch_execute(break_it).await?;
        let (ok, detail) = doctor(&stack, "sharded tables").await?;
        assert!(!ok && detail.contains(name), "{break_it}: {detail}");
    }
    hand.batch_execute("DELETE FROM pg_dist_node").await?;
    assert!(!doctor(&stack, "logins between nodes").await?.0);
    Ok(())
}
