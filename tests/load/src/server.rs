//! The release build of `bowline-server`: its command line, and `serve`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bowline_process::{Listeners, Program, Service, last_lines};
use serde_json::Value;
use tokio::process::Command;

use crate::arguments::Arguments;
use crate::memory::Memory;
use crate::postgres::{Postgres, SERVER_ROLE};

/// A log that has grown to this size is truncated, so that the disk does not fill up.
const LOG_BYTES: u64 = 64 << 20;

/// The programs, and the directory that they work in.
#[derive(Debug)]
pub(crate) struct Programs {
    server: PathBuf,
    directory: PathBuf,
    settings: Vec<(String, String)>,
}

impl Programs {
    /// Builds the server unless the arguments say otherwise, and creates the key ring if there is none.
    pub(crate) async fn prepare(arguments: &Arguments, directory: &Path) -> anyhow::Result<Self> {
        let own = std::env::current_exe()?;
        let beside = own.parent().context("this program has no directory")?.join("bowline-server");
        if !arguments.no_build && arguments.server.is_none() {
            build().await?;
        }
        let server = arguments.server.clone().unwrap_or(beside);
        ensure!(server.exists(), "{} does not exist", server.display());
        let server = server.canonicalize()?;
        let settings = arguments.settings.iter().map(|set| (set.name.clone(), set.value.clone())).collect();
        std::fs::create_dir_all(directory)?;
        let programs = Self { server, directory: directory.canonicalize()?, settings };
        if !programs.key_ring().exists() {
            let file = ("BOWLINE_KEY_RING_FILE".to_owned(), programs.key_ring().display().to_string());
            programs.command(&[file], &["keys", "init", "--json"], "").await?;
        }
        Ok(programs)
    }

    /// The directory of the data, the key ring and the logs.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The key ring of all databases.
    pub(crate) fn key_ring(&self) -> PathBuf {
        self.directory.join("keys.toml")
    }

    /// The settings of a server on `database`. `dropbox` is the URL of the provider, which commands do not need.
    pub(crate) fn environment(
        &self,
        postgres: &Postgres,
        database: &str,
        dropbox: Option<&str>,
    ) -> Vec<(String, String)> {
        let dropbox = dropbox.unwrap_or("http://127.0.0.1:9");
        let mut all: Vec<(String, String)> = [
            ("ROCKET_ADDRESS", "127.0.0.1".to_owned()),
            ("ROCKET_PORT", "0".to_owned()),
            ("BOWLINE_INTERNAL__PORT", "0".to_owned()),
            ("BOWLINE_PUBLIC_URL", "http://localhost:8000".to_owned()),
            ("BOWLINE_DEVELOPMENT", "true".to_owned()),
            // As docs/running.md recommends for a busy server.
            ("MIMALLOC_PURGE_DELAY", "-1".to_owned()),
            // The scenarios measure what the server can do, so the limits for tenants and addresses are off unless the
            // command line sets them.
            ("BOWLINE_LIMITS__TOKENS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__OPERATOR_CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__LINK_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__NOTICES_PER_SECOND", "0".to_owned()),
            ("BOWLINE_KEY_RING_FILE", self.key_ring().display().to_string()),
            ("BOWLINE_DATABASE__URL", postgres.url(SERVER_ROLE, database)),
            ("BOWLINE_DROPBOX__WEB_URL", dropbox.to_owned()),
            ("BOWLINE_DROPBOX__API_URL", dropbox.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        all.extend(self.settings.iter().cloned());
        all
    }

    /// Brings a database up to date.
    pub(crate) async fn migrate(&self, owner_url: &str) -> anyhow::Result<()> {
        let owner = ("BOWLINE_DATABASE__OWNER_URL".to_owned(), owner_url.to_owned());
        self.command(&[owner], &["migrate", "--json"], "").await.map(drop)
    }

    /// Runs a command of the server with `input` as its standard input, and returns the JSON that it printed.
    pub(crate) async fn command(
        &self,
        environment: &[(String, String)],
        arguments: &[&str],
        input: &str,
    ) -> anyhow::Result<Value> {
        self.program(environment).run(arguments, Some(input)).await
    }

    /// Starts a server and waits until it listens. Call it on the main thread: the server ends with the thread that
    /// starts it.
    pub(crate) async fn serve(&self, name: &str, environment: &[(String, String)]) -> anyhow::Result<Server> {
        let path = self.directory.join(format!("{name}.log"));
        File::create(&path)?;
        let log = File::options().append(true).open(&path)?;
        let mut service = self.program(environment).serve(log.try_clone()?)?;
        let ready = service.ready().await;
        let Listeners { public, internal } =
            ready.map_err(|error| anyhow::anyhow!("{error:#}\n{}", last_lines(&path)))?;
        tokio::spawn(keep_short(log));
        Ok(Server { public, internal, service })
    }

    fn program(&self, environment: &[(String, String)]) -> Program {
        Program::new(&self.server).variables(environment.iter().cloned())
    }
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    /// Origin of the listener for tenant apps.
    pub(crate) public: String,
    /// Origin of the listener for operators.
    pub(crate) internal: String,
    service: Service,
}

impl Server {
    /// `127.0.0.1:port` of the public listener.
    pub(crate) fn address(&self) -> &str {
        self.public.trim_start_matches("http://")
    }

    /// The server's memory now, and its peak since the last call.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let pid = self.service.pid()?;
        let memory = Memory::of(pid)?;
        Memory::forget_peak(pid)?;
        Ok(memory)
    }

    /// Sends SIGTERM and waits for the server's end.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.service.stop().await
    }
}

async fn keep_short(log: File) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if log.metadata().is_ok_and(|file| file.len() > LOG_BYTES) {
            // A log that cannot be truncated continues to grow; no measurement depends on it.
            log.set_len(0).ok();
        }
    }
}

async fn build() -> anyhow::Result<()> {
    let mut command = bowline_verify::cargo::command();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("there is no workspace")?;
    // Both are built by one command, so that they do not change each other's features.
    command.args([
        "build",
        "--release",
        "--package",
        "bowline-server",
        "--package",
        "bowline-load",
        "--bins",
    ]);
    let status = Command::from(command).current_dir(root).status().await.context("cannot run cargo")?;
    ensure!(status.success(), "the server could not be built");
    Ok(())
}
