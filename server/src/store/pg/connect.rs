//! Opens connections, with TLS if the URL requires it, to whichever host accepts writes.

use std::path::PathBuf;
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::AsyncConnection as _;
use diesel_async::AsyncPgConnection;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{sleep, timeout};
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::{Client, Config};

use super::tls;
use super::watch::Watch;
use crate::settings::database_url;

/// The head start of a host before the next host of the list is tried in parallel.
const HOST_HEAD_START: Duration = Duration::from_millis(250);
/// A peer that does not acknowledge is dropped after 4 + 2 × 2 seconds, even on idle connections.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(4);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVE_RETRIES: u32 = 2;
const UNACKNOWLEDGED_TIMEOUT: Duration = Duration::from_secs(8);

/// The limits for every statement of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectLimits {
    /// PEM file of the certificate authorities that TLS trusts; `None` for those of this machine.
    pub(super) ca_file: Option<PathBuf>,
    /// The time limit for connecting, over all hosts.
    pub(super) connect: Option<Duration>,
    /// Postgres's limit for a statement (`statement_timeout`).
    pub(super) statement: Option<Duration>,
    /// How long Postgres may be silent before the connection is closed.
    pub(super) silence: Option<Duration>,
}

impl ConnectLimits {
    /// The limits that Postgres enforces. They are set by a statement, because `PgBouncer` rejects startup options.
    fn as_sql(&self) -> String {
        let statement = self.statement.map_or(0, |limit| limit.as_millis());
        match statement {
            0 => String::new(),
            _ => format!(
                "SET statement_timeout = {statement}; SET lock_timeout = 2000;
                 SET idle_in_transaction_session_timeout = 10000;"
            ),
        }
    }
}

/// Connects to the first host of `config` that is reachable and accepts writes.
///
/// # Errors
/// If none is reachable within `limits.connect`. The text contains each host and its error, but no password.
pub(super) async fn establish(
    config: &Config,
    limits: &ConnectLimits,
) -> Result<AsyncPgConnection, ConnectionError> {
    let first = first_of(single_hosts(config), limits);
    let (client, watch) = match limits.connect {
        Some(limit) => {
            timeout(limit, first).await.unwrap_or_else(|_| Err("no host answered in time".to_owned()))
        }
        None => first.await,
    }
    .map_err(ConnectionError::BadConnection)?;
    let set_up = set_up(client, watch, limits);
    match limits.connect {
        Some(limit) => timeout(limit, set_up).await.unwrap_or_else(|_| {
            Err(ConnectionError::BadConnection("the new connection went silent".to_owned()))
        }),
        None => set_up.await,
    }
}

/// The session's settings, in one transaction so that behind a `PgBouncer` in transaction mode they reach the same
/// server.
async fn set_up(
    client: Client,
    watch: Watch,
    limits: &ConnectLimits,
) -> Result<AsyncPgConnection, ConnectionError> {
    let failed =
        |error: tokio_postgres::Error| ConnectionError::BadConnection(described_connect_error(&error));
    client.batch_execute(&format!("BEGIN; {}", limits.as_sql())).await.map_err(failed)?;
    let mut connection = AsyncPgConnection::try_from(client).await?;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, "COMMIT")
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    connection.set_instrumentation(watch);
    Ok(connection)
}

/// Tries the hosts one after another, each with a head start, and takes the first usable connection. A host that is
/// down costs no time; a silent one costs a quarter of a second.
async fn first_of(hosts: Vec<Config>, limits: &ConnectLimits) -> Result<(Client, Watch), String> {
    let mut asked = FuturesUnordered::new();
    let mut failures = Vec::new();
    let mut hosts = hosts.into_iter().peekable();
    loop {
        if asked.is_empty() {
            match hosts.next() {
                Some(host) => asked.push(ask_host(host, limits)),
                None if failures.is_empty() => return Err("the database URL names no host".to_owned()),
                None => return Err(failures.join("; ")),
            }
        }
        tokio::select! {
            Some(answer) = asked.next() => match answer {
                Ok(connection) => return Ok(connection),
                Err(failure) => failures.push(failure),
            },
            () = sleep(HOST_HEAD_START), if hosts.peek().is_some() => asked.extend(hosts.next().map(|host| ask_host(host, limits))),
        }
    }
}

async fn ask_host(host: Config, limits: &ConnectLimits) -> Result<(Client, Watch), String> {
    let tls = tls::connector(limits.ca_file.as_deref())?;
    let (client, connection) = host.connect(tls).await.map_err(|error| described_connect_error(&error))?;
    Ok((client, Watch::drive(connection, limits.silence)))
}

/// An error with its cause, which is the only useful part of Postgres's own refusals.
fn described_connect_error(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// `config` once per host. Every host must accept writes, because a standby is never acceptable.
fn single_hosts(config: &Config) -> Vec<Config> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    (0..names.len().max(addresses.len()))
        .map(|number| {
            let mut one = without_hosts(config);
            match names.get(number) {
                Some(Host::Tcp(name)) => drop(one.host(name)),
                #[cfg(unix)]
                Some(Host::Unix(path)) => drop(one.host_path(path)),
                None => {}
            }
            if let Some(address) = addresses.get(number) {
                one.hostaddr(*address);
            }
            if let Some(port) = ports.get(number).or(ports.first()) {
                one.port(*port);
            }
            database_url::secure(&mut one);
            one
        })
        .collect()
}

fn without_hosts(config: &Config) -> Config {
    let mut one = Config::new();
    if let Some(user) = config.get_user() {
        one.user(user);
    }
    if let Some(password) = config.get_password() {
        one.password(password);
    }
    if let Some(name) = config.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = config.get_options() {
        one.options(options);
    }
    if let Some(name) = config.get_application_name() {
        one.application_name(name);
    }
    if let Some(limit) = config.get_connect_timeout() {
        one.connect_timeout(*limit);
    }
    one.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .load_balance_hosts(config.get_load_balance_hosts())
        .target_session_attrs(TargetSessionAttrs::ReadWrite)
        .keepalives(config.get_keepalives())
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_RETRIES)
        .tcp_user_timeout(UNACKNOWLEDGED_TIMEOUT);
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_of_the_list_is_asked_with_its_own_port_and_must_take_writes() {
        let config: Config = "postgresql://bowline@a:1,b:2,c:3/x".parse().unwrap();
        let hosts = single_hosts(&config);
        assert_eq!(hosts.len(), 3);
        for (host, (name, port)) in hosts.iter().zip([("a", 1), ("b", 2), ("c", 3)]) {
            assert_eq!(host.get_hosts(), [Host::Tcp(name.to_owned())]);
            assert_eq!(host.get_ports(), [port]);
            assert_eq!(host.get_user(), Some("bowline"));
            assert_eq!(host.get_ssl_mode(), tokio_postgres::config::SslMode::Require);
            assert_eq!(host.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        }
    }

    #[tokio::test]
    async fn what_no_host_could_do_is_told_for_each_and_without_the_password() {
        let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let url = format!("postgresql://u:CANARY@127.0.0.1:{nobody},127.0.0.1:{nobody}/x");
        let failure =
            establish(&url.parse().unwrap(), &ConnectLimits::default()).await.err().unwrap().to_string();
        assert_eq!(failure.matches("refused").count(), 2, "{failure}");
        assert!(!failure.contains("CANARY"));
    }

    #[tokio::test]
    async fn a_host_that_accepts_and_says_nothing_is_given_up() {
        let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("postgresql://u@127.0.0.1:{}/x", silent.local_addr().unwrap().port());
        let limits = ConnectLimits { connect: Some(Duration::from_millis(50)), ..ConnectLimits::default() };
        let failure = establish(&url.parse().unwrap(), &limits).await.err().unwrap().to_string();
        assert!(failure.contains("in time"), "{failure}");
    }
}
