//! The pool of connections, each with the limits that keep one slow statement from holding up the rest.

use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool as DeadPool, PoolError as DeadPoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use futures_util::FutureExt as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::tls;
use crate::domain::{Error, Result};

pub(super) type Pool = DeadPool<AsyncPgConnection>;
pub(super) type PoolError = DeadPoolError;
pub(super) type Connection = Object<AsyncPgConnection>;

/// How the server reaches its database.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// `postgresql://…` of the server's own role, never of the owner. A password may stand in it.
    pub url: SecretString,
    /// Connections at most.
    pub size: usize,
    /// How long a request waits for a connection, and for one to be made.
    pub wait: Duration,
    /// How long one statement may run.
    pub statement: Duration,
    /// Whether statements are prepared by name; off behind a `PgBouncer` before 1.21 in transaction mode.
    pub prepared_statements: bool,
}

pub(super) fn build(options: &PoolOptions) -> Result<Pool> {
    let limits = options.clone();
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let limits = limits.clone();
        async move { connect(&limits).await }.boxed()
    });
    // The manager keeps its address for itself and prints it in errors, so it gets none: `connect` has the real one.
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

/// Connects as the server, with its limits.
pub(super) async fn connect(options: &PoolOptions) -> Result<AsyncPgConnection, ConnectionError> {
    let mut config: tokio_postgres::Config =
        options.url.expose_secret().parse().map_err(|_| {
            ConnectionError::InvalidConnectionUrl("database_url is not a Postgres URL".into())
        })?;
    config.application_name("bowline-server").connect_timeout(options.wait).options(format!(
        "-c statement_timeout={} -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000",
        options.statement.as_millis()
    ));
    let mut connection = establish(&config).await?;
    if !options.prepared_statements {
        connection.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
    }
    Ok(connection)
}

/// Connects, over TLS where the URL asks for it.
pub(super) async fn establish(config: &tokio_postgres::Config) -> Result<AsyncPgConnection, ConnectionError> {
    let bad_connection = |error: &dyn std::error::Error| ConnectionError::BadConnection(error.to_string());
    let tls = tls::connector().map_err(|error| bad_connection(&error))?;
    let (client, connection) = config.connect(tls).await.map_err(|error| bad_connection(&error))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}
