//! Brings the schema up to date, as the database's owner.

use std::time::Duration;

use diesel::migration::MigrationSource;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncMigrationHarness, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use secrecy::{ExposeSecret as _, SecretString};

use super::connect::{self, Limits};
use crate::domain::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Names the lock among all advisory locks of the database.
const LOCK: i64 = 0x626f_776c_696e_6501;

diesel::define_sql_function! {
    /// Takes an advisory lock of the session if it is free.
    fn pg_try_advisory_lock(key: BigInt) -> diesel::sql_types::Bool;
}

/// Runs the migrations that are missing and says how many those were.
///
/// The lock is tried and tried again, not waited for: a blocked session would stall `CREATE INDEX CONCURRENTLY`.
///
/// # Errors
/// Where the owner cannot connect or a migration fails.
pub async fn run(owner_url: &SecretString) -> Result<usize> {
    // The parser's own words could repeat a part of the URL, and with it the password.
    let mut config: tokio_postgres::Config = owner_url
        .expose_secret()
        .parse()
        .map_err(|_| Error::bug("the owner's database URL is not a Postgres URL"))?;
    config.application_name("bowline-server migrate").connect_timeout(CONNECT);
    // Building an index may take its time.
    let limits = Limits { connect: Some(CONNECT), ..Limits::default() };
    let mut connection = connect::establish(&config, &limits)
        .await
        .map_err(|source| Error::internal("the database's owner cannot connect", source.to_string()))?;
    while !diesel::select(pg_try_advisory_lock(LOCK)).get_result::<bool>(&mut connection).await? {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let run = tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(connection);
        harness.run_pending_migrations(MIGRATIONS).map(|done| done.len()).map_err(|error| error.to_string())
    });
    run.await
        .map_err(|source| Error::internal("the migrations did not run to their end", source))?
        .map_err(|source| Error::internal("a migration failed", source))
}

/// How many migrations this binary has.
pub fn known() -> usize {
    MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS).map_or(0, |all| all.len())
}
