//! The real `bowline-server`, released: its command line, and `serve`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::arguments::Arguments;
use crate::memory::Memory;
use crate::postgres::{Postgres, SERVER_ROLE};

const READY_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(40);
/// A log that has grown to this size is begun anew, so that no disk fills.
const LOG_BYTES: u64 = 64 << 20;

/// The programs, and the directory that they work in.
#[derive(Debug)]
pub(crate) struct Programs {
    server: PathBuf,
    directory: PathBuf,
    settings: Vec<(String, String)>,
}

impl Programs {
    /// Builds the server unless told not to; makes the key ring where there is none.
    pub(crate) async fn prepare(arguments: &Arguments, directory: &Path) -> anyhow::Result<Self> {
        let own = std::env::current_exe()?;
        let beside = own.parent().context("this program lies nowhere")?.join("bowline-server");
        if !arguments.no_build && arguments.server.is_none() {
            build().await?;
        }
        let server = arguments.server.clone().unwrap_or(beside);
        ensure!(server.exists(), "{} is not there", server.display());
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

    /// Where data, key ring and logs lie.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The key ring of all databases.
    pub(crate) fn key_ring(&self) -> PathBuf {
        self.directory.join("keys.toml")
    }

    /// The settings of a server on `database`; `dropbox` is where the provider is, which commands need not know.
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
            // What the server can do is measured, not what one tenant or one address is let do. Off unless set on the command line.
            ("BOWLINE_LIMITS__TOKENS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__OPERATOR_CALLS_PER_SECOND", "0".to_owned()),
            ("BOWLINE_LIMITS__LINK_PER_SECOND", "0".to_owned()),
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

    /// Runs a command of the server with `input` as its standard input; answers the JSON that it printed.
    pub(crate) async fn command(
        &self,
        environment: &[(String, String)],
        arguments: &[&str],
        input: &str,
    ) -> anyhow::Result<Value> {
        let mut command = std::process::Command::new(&self.server);
        without_our_variables(&mut command);
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Command::from(command).kill_on_drop(true).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends without reading its input says why by its status.
            stdin.write_all(input.as_bytes()).await.ok();
        }
        let output = child.wait_with_output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "bowline-server {}: {said}", arguments.join(" "));
        serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?} printed no JSON"))
    }

    /// Starts a server and waits until it listens. Call it on the main thread: the server ends with the thread that starts it.
    pub(crate) async fn serve(&self, name: &str, environment: &[(String, String)]) -> anyhow::Result<Server> {
        let path = self.directory.join(format!("{name}.log"));
        File::create(&path)?;
        let log = File::options().append(true).open(&path)?;
        let mut command = bowline_postgres::tied_to_parent("KILL", &self.server);
        without_our_variables(&mut command);
        command.arg("serve").envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log.try_clone()?);
        let mut child = Command::from(command).kill_on_drop(true).spawn().context("bowline-server")?;
        let mut lines = BufReader::new(child.stdout.take().context("it has no output")?).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(listeners) = event.get("listeners") {
                    return anyhow::Ok(listeners.clone());
                }
            }
            bail!("bowline-server ended\n{}", tail(&path))
        };
        let listeners = timeout(READY_WITHIN, ready).await.context("bowline-server is not ready")??;
        let origin = |name: &str| {
            listeners.get(name).and_then(Value::as_str).context("no listener").map(str::to_owned)
        };
        let pid = child.id().context("bowline-server has ended")?;
        tokio::spawn(keep_short(log));
        Ok(Server { public: origin("public")?, internal: origin("internal")?, pid, child })
    }
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    /// Origin of the listener for tenant apps.
    pub(crate) public: String,
    /// Origin of the listener for operators.
    pub(crate) internal: String,
    pid: u32,
    child: Child,
}

impl Server {
    /// `127.0.0.1:port` of the public listener.
    pub(crate) fn address(&self) -> &str {
        self.public.trim_start_matches("http://")
    }

    /// How much memory it has now, and the most that it has had since it was last asked.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let memory = Memory::of(self.pid)?;
        Memory::forget_peak(self.pid)?;
        Ok(memory)
    }

    /// SIGTERM, and waits for its end.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        timeout(STOP_WITHIN, self.child.wait()).await.context("bowline-server does not stop")??;
        Ok(())
    }
}

async fn keep_short(log: File) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if log.metadata().is_ok_and(|file| file.len() > LOG_BYTES) {
            // What cannot be cut short grows on; nothing that is measured depends on it.
            log.set_len(0).ok();
        }
    }
}

async fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    // `cargo run` sets these for this program; to a build script they would look like a change.
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_str().unwrap_or_default();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("no workspace")?;
    // Both together, so that one does not undo the features of the other.
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

fn without_our_variables(command: &mut std::process::Command) {
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_str().unwrap_or_default();
        if name_text.starts_with("BOWLINE_") || name_text.starts_with("ROCKET_") {
            command.env_remove(&name);
        }
    }
}

fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(15)..).unwrap_or_default().join("\n")
}
