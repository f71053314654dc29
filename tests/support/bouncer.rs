//! PgBouncer with the settings of `deploy/`, in front of a test's database.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use bowline_postgres::SUPERUSER;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::database::SERVER_ROLE;
use crate::edge::deployed;
use crate::ports::free_port;
use crate::{Database, until};

/// How long a client keeps a connection to Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For a transaction.
    Transaction,
    /// For as long as it is connected.
    Session,
}

/// A running PgBouncer; dropping it ends it.
#[derive(Debug)]
pub struct Bouncer {
    port: u16,
    database: String,
    directory: TempDir,
    _child: Child,
}

impl Bouncer {
    /// Starts PgBouncer in front of `database`, with at most `connections` to Postgres.
    pub async fn start(database: &Database, mode: Mode, connections: u16) -> anyhow::Result<Self> {
        let (socket, postgres_port) = database.postgres().socket().context("Postgres has no socket")?;
        let (port, name) = (free_port()?, database.name());
        // PgBouncer does not run as root, so it runs as the account that may enter the directory of the socket.
        let directory = tempfile::Builder::new().prefix("bowline-bouncer-").tempdir_in("/tmp")?;
        let mode = if mode == Mode::Session { "session" } else { "transaction" };
        let users = directory.path().join("users.txt");
        std::fs::write(&users, format!("\"{SERVER_ROLE}\" \"\"\n\"{SUPERUSER}\" \"\"\n"))?;
        let settings = [
            ("bowline", format!("{name} = host={} port={postgres_port} dbname={name}", socket.display())),
            ("listen_port", format!("listen_port = {port}")),
            ("pool_mode", format!("pool_mode = {mode}")),
            ("default_pool_size", format!("default_pool_size = {connections}")),
            ("server_tls_sslmode", "server_tls_sslmode = disable".to_owned()),
            ("auth_type", "auth_type = trust".to_owned()),
            ("auth_file", format!("auth_file = {}", users.display())),
        ];
        let settings = with(&std::fs::read_to_string(deployed("pgbouncer.ini"))?, &settings);
        let file = directory.path().join("pgbouncer.ini");
        std::fs::write(&file, settings)?;
        let log = std::fs::File::create(directory.path().join("log"))?;
        let mut command = bowline_postgres::tied_to_parent("KILL", Path::new("pgbouncer"));
        if nix::unistd::geteuid().is_root() {
            open_to_all(directory.path())?;
            command.args(["-u", "postgres"]);
        }
        command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = Command::from(command).kill_on_drop(true).spawn().context("cannot start pgbouncer")?;
        let bouncer = Self { port, database: name.to_owned(), directory, _child: child };
        let answers = until("PgBouncer to answer", async || {
            let url: tokio_postgres::Config = bouncer.url().parse().ok()?;
            url.connect(tokio_postgres::NoTls).await.ok().map(drop)
        });
        answers.await.with_context(|| bouncer.log())?;
        Ok(bouncer)
    }

    /// The address for the server instead of Postgres's own.
    pub fn url(&self) -> String {
        format!("postgresql://{SERVER_ROLE}@127.0.0.1:{}/{}?sslmode=disable", self.port, self.database)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

/// Replaces the lines of these settings, because PgBouncer would read a second section of the same name instead of the
/// first.
fn with(file: &str, settings: &[(&str, String)]) -> String {
    let other = |line: &str| {
        let name = line.split_once(" = ").map_or("", |(name, _)| name);
        let found = settings.iter().find(|(setting, _)| *setting == name);
        found.map_or_else(|| line.to_owned(), |(_, line)| line.clone())
    };
    file.lines().map(other).collect::<Vec<_>>().join("\n")
}

fn open_to_all(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755))
}
