//! Makes connections: over TLS where the URL asks for it, and to whichever of its hosts takes writes.

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

/// How long a host is asked alone before the next one of the list is asked beside it.
const HEAD_START: Duration = Duration::from_millis(250);
/// A peer that does not acknowledge is given up after 4 + 2 × 2 seconds, also on connections that nobody uses.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(4);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVE_RETRIES: u32 = 2;
const UNACKNOWLEDGED: Duration = Duration::from_secs(8);

/// What holds for every statement of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    /// PEM file of the authorities that TLS trusts; without one those of this machine.
    pub(super) ca_file: Option<PathBuf>,
    /// How long connecting may take in all, over all hosts.
    pub(super) connect: Option<Duration>,
    /// How long Postgres lets a statement run.
    pub(super) statement: Option<Duration>,
    /// How long it may say nothing before the connection is closed.
    pub(super) silence: Option<Duration>,
}

impl Limits {
    /// The limits inside Postgres. Set by a statement and not at the start of the connection: `PgBouncer` refuses start-up options.
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

/// Connects to the first of the hosts of `config` that can be had and takes writes.
///
/// # Errors
/// Where none can be had within `limits.connect`; the text names each host with what it said, and no password.
pub(super) async fn establish(
    config: &Config,
    limits: &Limits,
) -> Result<AsyncPgConnection, ConnectionError> {
    let first = first_of(hosts(config), limits);
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

/// Settings of the session, in one transaction: behind a `PgBouncer` in transaction mode they reach one and the same server.
async fn set_up(client: Client, watch: Watch, limits: &Limits) -> Result<AsyncPgConnection, ConnectionError> {
    let failed = |error: tokio_postgres::Error| ConnectionError::BadConnection(described(&error));
    client.batch_execute(&format!("BEGIN; {}", limits.as_sql())).await.map_err(failed)?;
    let mut connection = AsyncPgConnection::try_from(client).await?;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, "COMMIT")
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    connection.set_instrumentation(watch);
    Ok(connection)
}

/// Asks the hosts one after the other, each with a head start, and takes the first good answer: a host that is down costs
/// nothing, one that is silent a quarter of a second.
async fn first_of(hosts: Vec<Config>, limits: &Limits) -> Result<(Client, Watch), String> {
    let mut asked = FuturesUnordered::new();
    let mut failures = Vec::new();
    let mut hosts = hosts.into_iter().peekable();
    loop {
        if asked.is_empty() {
            match hosts.next() {
                Some(host) => asked.push(ask(host, limits)),
                None if failures.is_empty() => return Err("the database URL names no host".to_owned()),
                None => return Err(failures.join("; ")),
            }
        }
        tokio::select! {
            Some(answer) = asked.next() => match answer {
                Ok(connection) => return Ok(connection),
                Err(failure) => failures.push(failure),
            },
            () = sleep(HEAD_START), if hosts.peek().is_some() => asked.extend(hosts.next().map(|host| ask(host, limits))),
        }
    }
}

async fn ask(host: Config, limits: &Limits) -> Result<(Client, Watch), String> {
    let tls = tls::connector(limits.ca_file.as_deref())?;
    let (client, connection) = host.connect(tls).await.map_err(|error| described(&error))?;
    Ok((client, Watch::drive(connection, limits.silence)))
}

/// An error with its cause, which for Postgres's own refusals is all that is of use.
fn described(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// `config` once for each of its hosts. Every one of them has to take writes: a standby is never what the server wants.
fn hosts(config: &Config) -> Vec<Config> {
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
        .tcp_user_timeout(UNACKNOWLEDGED);
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_of_the_list_is_asked_with_its_own_port_and_must_take_writes() {
        let config: Config = "postgresql://bowline@a:1,b:2,c:3/x".parse().unwrap();
        let hosts = hosts(&config);
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
        let failure = establish(&url.parse().unwrap(), &Limits::default()).await.err().unwrap().to_string();
        assert_eq!(failure.matches("refused").count(), 2, "{failure}");
        assert!(!failure.contains("CANARY"));
    }

    #[tokio::test]
    async fn a_host_that_accepts_and_says_nothing_is_given_up() {
        let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("postgresql://u@127.0.0.1:{}/x", silent.local_addr().unwrap().port());
        let limits = Limits { connect: Some(Duration::from_millis(50)), ..Limits::default() };
        let failure = establish(&url.parse().unwrap(), &limits).await.err().unwrap().to_string();
        assert!(failure.contains("in time"), "{failure}");
    }
}
