//! The private Postgres that holds the data of all sizes.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_postgres::{Binaries, Cluster, Options, SUPERUSER};
use tokio_postgres::{Client, Config, NoTls};

use crate::arguments::{Arguments, Mebibytes};
use crate::huge_pages::HugePages;
use crate::machine::Machine;

/// The server's role.
pub(crate) const SERVER_ROLE: &str = "bowline_server";
const CONNECTIONS: u16 = 400;
/// The default of Postgres.
const LEAST_BUFFERS_MIB: u64 = 128;

/// What Postgres is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Filling: tables that are truncated and filled in one transaction need no write-ahead log.
    Fill,
    /// Measuring, configured as in production.
    Measure,
}

/// A running Postgres.
#[derive(Debug)]
pub(crate) struct Postgres {
    cluster: Cluster,
    pgbench: PathBuf,
    /// Given back after `cluster` has been dropped.
    huge_pages: Option<HugePages>,
}

impl Postgres {
    /// Starts Postgres with the data in `directory`.
    pub(crate) async fn start(
        arguments: &Arguments,
        directory: &Path,
        purpose: Purpose,
    ) -> anyhow::Result<Self> {
        let half = || Mebibytes((Machine::now().memory_mib / 2).max(LEAST_BUFFERS_MIB));
        let shared_buffers = arguments.shared_buffers.unwrap_or_else(half);
        let reserves = arguments.huge_pages && purpose == Purpose::Measure;
        let huge_pages = reserves.then(|| HugePages::reserve(shared_buffers.0)).transpose()?;
        let options = Options::in_directory(directory.join("postgres"))
            .max_connections(CONNECTIONS)
            .setting("shared_buffers", shared_buffers.to_string())
            .setting("huge_pages", if huge_pages.is_some() { "on" } else { "off" })
            .setting("max_wal_size", "8GB")
            .ready_within(std::time::Duration::from_mins(10));
        let options = match purpose {
            Purpose::Measure => options,
            Purpose::Fill => options
                .setting("wal_level", "minimal")
                .setting("max_wal_senders", "0")
                .setting("autovacuum", "off"),
        };
        let pgbench = Binaries::find()?.program("pgbench");
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(options)).await??;
        Ok(Self { cluster, pgbench, huge_pages })
    }

    /// Stops Postgres cleanly.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        Ok(tokio::task::spawn_blocking(move || self.cluster.stop()).await??)
    }

    /// The URL of a database for our programs.
    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        self.cluster.url(user, database)
    }

    /// The path of the pgbench program.
    pub(crate) fn pgbench(&self) -> &Path {
        &self.pgbench
    }

    /// A connection to `database` as `user`.
    pub(crate) async fn connect(&self, user: &str, database: &str) -> anyhow::Result<Client> {
        let config: Config = self.url(user, database).parse()?;
        let (client, connection) =
            config.connect(NoTls).await.with_context(|| format!("{user} cannot connect to {database}"))?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Creates a database after deleting one with the same name.
    pub(crate) fn recreate_database(&self, name: &str) -> anyhow::Result<()> {
        self.cluster.drop_database(name)?;
        Ok(self.cluster.create_database(name, None)?)
    }

    /// The version of Postgres, such as `15.14`, and whether its shared memory is in huge pages.
    pub(crate) async fn version(&self) -> anyhow::Result<String> {
        let client = self.connect(SUPERUSER, SUPERUSER).await?;
        let version: String = client.query_one("SHOW server_version", &[]).await?.get(0);
        let pages = if self.huge_pages.is_some() { "huge pages" } else { "pages of 4 KiB" };
        Ok(format!("{version}, {pages}"))
    }
}
