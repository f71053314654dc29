//! A database with an ordinary owner is created, migrated, backed up and restored with exactly the commands of
//! `docs/running.md`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Database, Postgres, Stack, Tenant, program};
use tokio::process::Command;

use crate::common::newcomer;

const GUIDE: &str = include_str!("../../docs/running.md");
const OWNER: &str = "bowline_owner";
const NAME: &str = "bowline";

/// The commands in the code blocks below a heading, block by block.
fn commands(heading: &str) -> Vec<Vec<&'static str>> {
    let section = GUIDE.split("\n## ").find(|section| section.starts_with(heading)).unwrap_or_default();
    let blocks = section.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| block.lines().filter_map(|line| line.strip_prefix("$ ")).collect()).collect()
}

/// The shell of an administrator of one Postgres.
struct Shell<'a> {
    postgres: &'a Postgres,
    directory: &'a Path,
}

impl Shell<'_> {
    async fn run_as(&self, user: &str, commands: &[&str]) -> Result<()> {
        let (socket, port) = self.postgres.socket().context("this Postgres has no socket")?;
        let programs = bowline_postgres::Binaries::find()?.program("pg_dump");
        let server = program("bowline-server")?;
        let own = std::env::var_os("PATH").unwrap_or_default();
        let directories = [programs, server].into_iter().filter_map(|path| Some(path.parent()?.to_owned()));
        let path = std::env::join_paths(directories.chain(std::env::split_paths(&own)))?;
        let mut shell = Command::new("sh");
        shell.args(["-ec", &commands.join("\n")]).current_dir(self.directory).kill_on_drop(true);
        shell.env("PATH", path).env("PGHOST", socket).env("PGPORT", port.to_string()).env("PGUSER", user);
        shell.env("BOWLINE_DATABASE__OWNER_URL", self.postgres.url(OWNER, NAME)?);
        let output = shell.output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{commands:?}: {said}");
        Ok(())
    }

    async fn run(&self, commands: &[&str]) -> Result<()> {
        self.run_as(OWNER, commands).await
    }
}

/// A Postgres with the owner that the guide requires.
async fn with_owner() -> Result<Postgres> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    postgres.execute(&format!("CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE")).await?;
    Ok(postgres)
}

/// The number of rows per table.
async fn counts(database: &Database) -> Result<BTreeMap<String, i64>> {
    let sql = "SELECT relname::text, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || oid::regclass, false, true, '')))[1]::text::bigint
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    Ok(database.rows(sql, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_owner_backs_up_is_restored_and_served() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let first = with_owner().await?;
    let shell = Shell { postgres: &first, directory: directory.path() };
    let first_time = commands("First time");
    let wanted = |line: &&&str| line.starts_with("createdb") || line.starts_with("bowline-server migrate");
    let made: Vec<&str> = first_time.iter().flatten().filter(wanted).copied().collect();
    ensure!(made.len() == 2, "the guide creates the database in another way: {first_time:?}");
    shell.run(&made).await?;

    let database = Database::of_owner(first.clone(), OWNER, NAME);
    let mut stack = Stack::builder().database(database).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = newcomer(&stack, "amara").links(&stack, &acme, "user-1").await?;
    let revoked = newcomer(&stack, "jonas").links(&stack, &acme, "user-2").await?;
    let token = acme.token(account.id).await?;
    acme.revoke(revoked.id).await?;
    stack.wait_for_live_grants(1).await?;
    stack.server_mut(0).ask_to_stop()?;
    stack.server_mut(0).ended().await?;
    let before = counts(&stack.database).await?;
    ensure!(before["accounts"] == 2 && before["token_holdings"] >= 1, "{before:?}");

    let [backup, restore, ..] = &commands("Backup")[..] else {
        anyhow::bail!("the guide has no backup commands")
    };
    shell.run(backup).await?;
    // Without the options in the guide, a backup fails instead of silently omitting rows.
    for lacking in [
        "pg_dump --format=custom --file=lacking bowline",
        "pg_dump --enable-row-security --format=custom --file=lacking bowline",
    ] {
        ensure!(shell.run(&[lacking]).await.is_err(), "{lacking}");
    }
    let reader = format!(
        "CREATE ROLE reader LOGIN BYPASSRLS IN ROLE pg_read_all_data; GRANT CONNECT ON DATABASE {NAME} TO reader"
    );
    first.execute(&reader).await?;
    shell.run_as("reader", &["pg_dump --format=custom --file=read.dump bowline"]).await?;

    let second = with_owner().await?;
    let shell = Shell { postgres: &second, directory: directory.path() };
    shell.run(restore).await?;
    let restored = Database::of_owner(second, OWNER, NAME);
    assert_eq!(counts(&restored).await?, before);
    stack.serve_from(restored).await?;
    assert_eq!(
        acme.token(account.id).await?.access_token,
        token.access_token,
        "the restored server returns the same token"
    );
    assert_eq!(acme.try_token(revoked.id).await?.status, 410);
    newcomer(&stack, "mila").links(&stack, &acme, "user-3").await?;
    let doctor = stack.try_command(&["doctor", "--json"], None).await?;
    ensure!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    Ok(())
}
