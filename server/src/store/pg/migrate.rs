//! Migrates the schema to the current version, as the database's owner.

mod sight;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use secrecy::SecretString;

use super::connect;
use super::connect::ConnectLimits;
use crate::domain::{Error, Result};
use crate::settings::database_url;
use sight::Sighted;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// The time limit for connecting before a migration.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// Identifies the lock among all advisory locks of the database.
const MIGRATION_LOCK: i64 = 0x626f_776c_696e_6501;

diesel::define_sql_function! {
    /// Takes an advisory lock of the session if it is free.
    fn pg_try_advisory_lock(key: BigInt) -> diesel::sql_types::Bool;
}

/// Runs the pending migrations and returns their number. TLS trusts the authorities of `ca_file`, or those of this
/// machine if it is `None`.
///
/// # Errors
/// If the owner cannot connect or a migration fails.
pub async fn run(owner_url: &SecretString, ca_file: Option<&Path>) -> Result<usize> {
    run_from(owner_url, ca_file, MIGRATIONS).await
}

/// Runs the pending migrations of `source`.
async fn run_from<S>(owner_url: &SecretString, ca_file: Option<&Path>, source: S) -> Result<usize>
where
    S: MigrationSource<Pg> + Send + 'static,
{
    let connection = connect(owner_url, ca_file).await?;
    let run = tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(connection);
        let done = harness.run_pending_migrations(Sighted(source));
        done.map(|done| done.len()).map_err(|error| error.to_string())
    });
    run.await
        .map_err(|source| Error::internal("the migrations did not run to their end", source))?
        .map_err(|source| Error::internal("a migration failed", source))
}

/// Connects as the owner, excludes all other migrations, and lets the owner see every row.
///
/// The lock is polled and not waited for, because a blocked session would stall `CREATE INDEX CONCURRENTLY`.
async fn connect(owner_url: &SecretString, ca_file: Option<&Path>) -> Result<AsyncPgConnection> {
    let mut config = database_url::parse(owner_url)
        .ok_or_else(|| Error::bug("the owner's database URL is not a Postgres URL"))?;
    config.application_name("bowline-server migrate").connect_timeout(CONNECT_TIME);
    // Building an index may take a long time.
    let ca_file = ca_file.map(Path::to_path_buf);
    let limits = ConnectLimits { ca_file, connect: Some(CONNECT_TIME), ..ConnectLimits::default() };
    let mut connection = connect::establish(&config, &limits)
        .await
        .map_err(|source| Error::internal("the database's owner cannot connect", source.to_string()))?;
    while !diesel::select(pg_try_advisory_lock(MIGRATION_LOCK)).get_result::<bool>(&mut connection).await? {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    sight::give(&mut connection).await?;
    Ok(connection)
}

/// The number of migrations in this binary.
pub fn known() -> usize {
    MigrationSource::<Pg>::migrations(&MIGRATIONS).map_or(0, |all| all.len())
}
