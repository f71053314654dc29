//! The Postgres in which tests create their databases.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, ensure};
use bowline_postgres::{Binaries, Cluster, Options, SUPERUSER};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

/// Set by `cargo verify`: the superuser's URL of a Postgres that all tests share.
const VARIABLE: &str = "BOWLINE_TEST_POSTGRES";
const CONNECTIONS: u16 = 500;

/// A running Postgres.
#[derive(Debug, Clone)]
pub struct Postgres {
    superuser: Config,
    /// Kept until the last database is gone; `None` if another process started it.
    cluster: Option<Arc<Cluster>>,
}

/// The Postgres of a process that was not given one. It is started once and ends with the process.
static OWN: LazyLock<Result<Postgres, String>> =
    LazyLock::new(|| Postgres::private().map_err(|error| format!("{error:#}")));

impl Postgres {
    /// The Postgres of this test run.
    pub async fn shared() -> anyhow::Result<Self> {
        if let Ok(url) = std::env::var(VARIABLE) {
            return Self::at(&url).context(VARIABLE);
        }
        let own = tokio::task::spawn_blocking(|| OWN.clone()).await?;
        own.map_err(anyhow::Error::msg)
    }

    /// A new Postgres for a single test, which may read its files.
    pub fn private() -> anyhow::Result<Self> {
        Self::of(Arc::new(Cluster::start(Options::temporary().max_connections(CONNECTIONS))?))
    }

    /// A Postgres that the test has started itself.
    pub fn of(cluster: Arc<Cluster>) -> anyhow::Result<Self> {
        let superuser = cluster.url(SUPERUSER, SUPERUSER).parse()?;
        Ok(Self { superuser, cluster: Some(cluster) })
    }

    /// A Postgres that another process runs, by its superuser's URL.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        Ok(Self { superuser: url.parse().context("the superuser's URL is invalid")?, cluster: None })
    }

    /// Its process id, if it is [`private`](Self::private).
    pub fn pid(&self) -> Option<u32> {
        Some(self.cluster.as_ref()?.pid())
    }

    /// The directory of its socket and the port that names it.
    pub fn socket(&self) -> Option<(PathBuf, u16)> {
        let port = self.superuser.get_ports().first().copied().unwrap_or(5432);
        match self.superuser.get_hosts().first()? {
            Host::Unix(path) => Some((path.clone(), port)),
            Host::Tcp(_) => None,
        }
    }

    /// The directory with data, write-ahead log and Postgres's own log, if it is [`private`](Self::private).
    pub fn directory(&self) -> Option<PathBuf> {
        self.cluster.as_ref()?.log_path().parent().map(Into::into)
    }

    /// The URL of `database` for `user`, in a form that our programs understand.
    pub fn url(&self, user: &str, database: &str) -> anyhow::Result<String> {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let port = self.superuser.get_ports().first().copied().unwrap_or(5432);
        match self.superuser.get_hosts().first() {
            Some(Host::Unix(path)) => {
                let host = escaped(&path.to_string_lossy());
                Ok(format!("postgresql://{}@/{}?host={host}&port={port}", escaped(user), escaped(database)))
            }
            Some(Host::Tcp(host)) => {
                Ok(format!("postgresql://{}@{host}:{port}/{}", escaped(user), escaped(database)))
            }
            None => anyhow::bail!("{VARIABLE} names no host"),
        }
    }

    /// A connection to `database` as `user`.
    pub async fn connect(&self, user: &str, database: &str) -> anyhow::Result<tokio_postgres::Client> {
        let config: Config = self.url(user, database)?.parse()?;
        let (client, connection) =
            config.connect(NoTls).await.with_context(|| format!("{user} cannot connect"))?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Runs statements as the superuser, outside any database of a test.
    pub async fn execute(&self, sql: &str) -> anyhow::Result<()> {
        let client = self.connect(SUPERUSER, SUPERUSER).await?;
        Ok(client.batch_execute(sql).await?)
    }

    /// Runs a program of the installed Postgres, such as `pg_dump`, against `database`, and returns its output.
    pub async fn tool(&self, name: &str, database: &str, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let url = self.url(SUPERUSER, database)?;
        let mut command = tokio::process::Command::new(Binaries::find()?.program(name));
        let output =
            command.args(arguments).arg(url).kill_on_drop(true).output().await.context(name.to_owned())?;
        ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }
}
