//! The connection pool, with its sizes and time limits, which prevent one slow statement from delaying others.

use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool as DeadPool, PoolError as DeadPoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use futures_util::FutureExt as _;

use super::connect;
use super::connect::ConnectLimits;
use crate::domain::{Error, Result};
use crate::settings::{PoolOptions, database_url};

pub(in crate::store) type Pool = DeadPool<AsyncPgConnection>;
pub(super) type PoolError = DeadPoolError;
pub(super) type Connection = Object<AsyncPgConnection>;

/// Grace period beyond `statement_timeout` before a silent connection is closed. Postgres itself ends slow statements,
/// and their connection stays usable.
const SILENCE_GRACE: Duration = Duration::from_secs(1);

pub(in crate::store) fn build(options: &PoolOptions) -> Result<Pool> {
    let limits = options.clone();
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let limits = limits.clone();
        async move { connect(&limits).await }.boxed()
    });
    // The manager keeps its URL and prints it in errors, so it gets a placeholder; `connect` has the real one.
    let manager = AsyncDieselConnectionManager::new_with_config("postgresql:", config);
    DeadPool::builder(manager)
        .max_size(options.size)
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(options.wait))
        .recycle_timeout(Some(options.wait))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|source| Error::internal("the connection pool cannot be made", source))
}

/// Opens a connection with all limits, as the pool does.
///
/// # Errors
/// If no host of the URL is reachable in time.
pub(super) async fn connect(options: &PoolOptions) -> Result<AsyncPgConnection, ConnectionError> {
    let mut config = database_url::parse(&options.url).ok_or_else(|| {
        ConnectionError::InvalidConnectionUrl("bowline.database.url is not a Postgres URL".into())
    })?;
    config.application_name("bowline-server").connect_timeout(options.wait);
    let limits = ConnectLimits {
        ca_file: options.ca_file.clone(),
        connect: Some(options.wait),
        statement: Some(options.statement),
        silence: Some(options.statement + SILENCE_GRACE),
    };
    let mut connection = connect::establish(&config, &limits).await?;
    if !options.prepared_statements {
        connection.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
    }
    Ok(connection)
}

/// Closes all idle connections, because one connection has turned out to be dead and the others lead to the same host.
pub(super) fn discard_idle(pool: &Pool) {
    let removed = pool.retain(|_, _| false).removed.len();
    tracing::warn!(removed, "the database went silent; idle connections were closed");
}
