//! A whole service on this machine: simulated Dropbox, a database, and replicas of the server.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::Context as _;
use bowline_process::{Program, feed, json};
use dropbox_sim::{Reveal, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::programs::program;
use crate::{Database, PATIENCE, Resealer, Server, until};

/// Options of a [`Stack`].
#[derive(Debug, Default)]
pub struct StackBuilder {
    database: Option<Database>,
    replicas: usize,
    settings: Vec<(String, String)>,
    has_sandbox: bool,
}

impl StackBuilder {
    /// Starts a simulator for sandboxes beside the servers.
    #[must_use]
    pub fn sandbox(mut self) -> Self {
        self.has_sandbox = true;
        self
    }

    /// Sets the number of servers on the database.
    #[must_use]
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// Uses this database instead of a fresh one.
    #[must_use]
    pub fn database(mut self, database: Database) -> Self {
        self.database = Some(database);
        self
    }

    /// Adds a setting of the servers, named like its environment variable: `BOWLINE_LINK__SESSION_SECONDS`.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "tests pass literals")]
    pub fn setting(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts everything and waits until it is ready.
    pub async fn start(self) -> anyhow::Result<Stack> {
        // The process may already have installed a cryptography provider.
        let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
        let http = plain_client()?;
        let directory = tempfile::Builder::new().prefix("bowline-test-").tempdir()?;
        let database = match self.database {
            Some(database) => database,
            None => Database::fresh().await?,
        };
        let dropbox = Simulator::builder().start().await?;
        let mut settings = self.settings;
        let sandbox =
            if self.has_sandbox { Some(Simulator::builder().sandbox().start().await?) } else { None };
        settings.extend(sandbox.iter().map(|sim| ("BOWLINE_SANDBOX__URL".to_owned(), sim.http_url())));
        let mut servers = Vec::new();
        for number in 0..self.replicas.max(1) {
            let log = directory.path().join(format!("server-{number}.log"));
            servers.push(Server::new(Program::new(program("bowline-server")?), log)?);
        }
        let mut stack = Stack { servers, dropbox, sandbox, database, directory, http, settings };
        stack.command(&["keys", "init", "--json"], None).await?;
        stack.start_servers().await?;
        Ok(stack)
    }
}

/// A running stack; dropping it ends everything and deletes what it wrote.
#[derive(Debug)]
pub struct Stack {
    // The fields are dropped in this order, so that no part calls one that is gone.
    servers: Vec<Server>,
    /// Dropbox.
    pub dropbox: Simulator,
    /// The simulator for sandboxes, if there is one.
    pub sandbox: Option<Simulator>,
    /// The database.
    pub database: Database,
    directory: TempDir,
    http: reqwest::Client,
    settings: Vec<(String, String)>,
}

impl Stack {
    /// A stack with the defaults: one server and a fresh database.
    pub async fn start() -> anyhow::Result<Self> {
        Self::builder().start().await
    }

    /// A stack with options.
    pub fn builder() -> StackBuilder {
        StackBuilder::default()
    }

    /// The origin at which end users and tenants reach the service: the first server.
    pub fn public_url(&self) -> String {
        self.server(0).public_url()
    }

    /// A replica.
    ///
    /// # Panics
    /// If there are fewer.
    #[expect(clippy::indexing_slicing, reason = "a test that counts wrong fails")]
    pub fn server(&self, number: usize) -> &Server {
        &self.servers[number]
    }

    /// A replica, to be killed or stopped.
    ///
    /// # Panics
    /// If there are fewer.
    #[expect(clippy::indexing_slicing, reason = "a test that counts wrong fails")]
    pub fn server_mut(&mut self, number: usize) -> &mut Server {
        &mut self.servers[number]
    }

    /// Starts the servers, which must have ended, on another database.
    pub async fn serve_from(&mut self, database: Database) -> anyhow::Result<()> {
        self.database = database;
        self.start_servers().await
    }

    async fn start_servers(&mut self) -> anyhow::Result<()> {
        let program = self.program()?;
        for server in &mut self.servers {
            server.configure(program.clone());
            server.start().await?;
        }
        Ok(())
    }

    /// How many replicas there are.
    pub fn replicas(&self) -> usize {
        self.servers.len()
    }

    /// An HTTP client that does not follow redirects or keep cookies.
    pub fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// The key ring file.
    pub fn key_ring(&self) -> PathBuf {
        self.directory.path().join("keys.toml")
    }

    /// Changes columns of accounts to which tokens are bound.
    pub fn resealer(&self) -> Resealer {
        Resealer::new(&self.database, self.key_ring())
    }

    /// The number of live grants at Dropbox.
    pub fn live_grants(&self) -> usize {
        self.dropbox.grants(Reveal::No).iter().filter(|grant| grant.alive).count()
    }

    /// Waits for this number of live grants at Dropbox.
    pub async fn wait_for_live_grants(&self, count: usize) -> anyhow::Result<()> {
        let what = format!("{count} live grants at Dropbox");
        until(&what, async || (self.live_grants() == count).then_some(())).await
    }

    /// The directory of the logs and the key ring.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The logs of all servers.
    pub fn logs(&self) -> String {
        self.servers.iter().map(Server::log).collect()
    }

    /// Runs a command of `bowline-server` with `input` as its standard input, and returns the JSON that it printed.
    ///
    /// # Errors
    /// If it fails; the error contains its standard error.
    pub async fn command(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Value> {
        json(arguments, &self.try_command(arguments, input).await?)
    }

    /// Like [`command`](Self::command), with any outcome.
    pub async fn try_command(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        self.try_command_with(&[], arguments, input).await
    }

    /// Like [`try_command`](Self::try_command), with other settings.
    pub async fn try_command_with(
        &self,
        settings: &[(&str, &str)],
        arguments: &[&str],
        input: Option<&str>,
    ) -> anyhow::Result<Output> {
        self.finish_command(settings, Stdio::piped(), arguments, input).await
    }

    /// Like [`try_command`](Self::try_command), with another standard output, such as `/dev/full`.
    pub async fn try_command_to(
        &self,
        output: Stdio,
        arguments: &[&str],
        input: &str,
    ) -> anyhow::Result<Output> {
        self.finish_command(&[], output, arguments, Some(input)).await
    }

    async fn finish_command(
        &self,
        settings: &[(&str, &str)],
        output: Stdio,
        arguments: &[&str],
        input: Option<&str>,
    ) -> anyhow::Result<Output> {
        let mut child = self.begin_command(settings, output, arguments)?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            feed(&mut stdin, input).await?;
        }
        let ended = tokio::time::timeout(PATIENCE, child.wait_with_output());
        Ok(ended.await.with_context(|| format!("bowline-server {arguments:?} does not end"))??)
    }

    /// Starts a command, which is killed when it is dropped.
    pub fn begin_command(
        &self,
        settings: &[(&str, &str)],
        output: Stdio,
        arguments: &[&str],
    ) -> anyhow::Result<Child> {
        let mut command = self.program()?.variables(settings.iter().copied()).command(arguments);
        command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::piped());
        Ok(Command::from(command).kill_on_drop(true).spawn()?)
    }

    /// The server with the settings of this stack; those of the builder take precedence.
    fn program(&self) -> anyhow::Result<Program> {
        let usual = [
            ("ROCKET_ADDRESS", "127.0.0.1".to_owned()),
            ("BOWLINE_PUBLIC_URL", self.public_url()),
            ("BOWLINE_DEVELOPMENT", "true".to_owned()),
            ("BOWLINE_LOG", "trace".to_owned()),
            // All calls of a test come from one address and one tenant.
            ("BOWLINE_LIMITS__TOKENS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__OPERATOR_CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__LINK_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__LOGINS_PER_MINUTE", "0".to_owned()),
            // The shortest interval: ten times a second.
            ("BOWLINE_WORKER__POLL_SECONDS", "0".to_owned()),
            ("BOWLINE_KEY_RING_FILE", self.key_ring().display().to_string()),
            ("BOWLINE_DATABASE__URL", self.database.server_url()?),
            ("BOWLINE_DROPBOX__WEB_URL", self.dropbox.http_url()),
            ("BOWLINE_DROPBOX__API_URL", self.dropbox.http_url()),
            ("BOWLINE_OAUTH1__ORIGINS", format!("[\"{}\"]", self.dropbox.http_url())),
            ("BOWLINE_OAUTH1__ALLOW_1_0", "true".to_owned()),
        ];
        Ok(Program::new(program("bowline-server")?).variables(usual).variables(self.settings.iter().cloned()))
    }
}

/// A client without certificate authorities, which a slim machine lacks: everything here is plain HTTP on loopback.
fn plain_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .timeout(std::time::Duration::from_mins(1))
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(std::time::Duration::from_secs(5))
        .no_proxy()
        .tls_certs_only([])
        .build()?)
}
