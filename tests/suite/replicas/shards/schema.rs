//! A database whose tenants' tables are partitioned by tenant.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use bowline_tests::{Database, Postgres};

const SHARDS: usize = 8;

/// The schema of the migrations, with every table of tenants partitioned into [`SHARDS`], and the names of those
/// tables.
fn cut(dump: &str) -> (String, Vec<String>) {
    // A partitioned table has no storage of its own and thus no storage parameters.
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
        // With ONLY, the partitions would not get the key.
        out.push_str(&line.replace("ALTER TABLE ONLY", "ALTER TABLE"));
        out.push('\n');
    }
    (out, tables)
}

/// A database with partitioned tenants' tables, and their names. Every plan of the server's role is logged with what it
/// touched.
pub(super) async fn sharded_database(postgres: Postgres) -> Result<(Database, Vec<String>)> {
    let database = Database::fresh_in(postgres).await?;
    let dump = database.postgres().tool("pg_dump", database.name(), &["--schema-only"]).await?;
    let (schema, tables) = cut(&String::from_utf8(dump)?);
    let file = tempfile::Builder::new().suffix(".sql").tempfile()?;
    std::fs::write(file.path(), schema)?;
    let client = database.superuser().await?;
    let versions = client.query("SELECT version FROM __diesel_schema_migrations", &[]).await?;
    client
        .batch_execute("DROP SCHEMA public CASCADE; DROP EXTENSION IF EXISTS pg_trgm; CREATE SCHEMA public")
        .await?;
    client.batch_execute("GRANT USAGE ON SCHEMA public TO PUBLIC").await?;
    let path = file.path().to_str().context("the path is not UTF-8")?;
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
        // Shows in which kind of transaction a statement was executed.
        ("log_statement", "all"),
    ] {
        let name = database.name();
        client
            .batch_execute(&format!("ALTER ROLE bowline_server IN DATABASE {name} SET {setting} = '{value}'"))
            .await?;
    }
    Ok((database, tables))
}
