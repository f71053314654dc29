//! The real `bowline-server` as a child process: its commands, its service, its log.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::ports::Ports;

/// More than the server's own grace, after which it ends by itself.
const STOP_WITHIN: Duration = Duration::from_secs(40);
const READY_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// How `bowline-server` is called here.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    log: PathBuf,
}

/// What it must know of the others.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) ports: Ports,
    pub(crate) database_url: String,
    pub(crate) owner_url: String,
    pub(crate) dropbox_url: String,
    pub(crate) key_ring: &'a Path,
    pub(crate) log: PathBuf,
}

impl Server {
    pub(crate) fn new(program: PathBuf, around: Surroundings<'_>) -> Self {
        let environment = vec![
            ("ROCKET_ADDRESS", "127.0.0.1".to_owned()),
            ("ROCKET_PORT", around.ports.public.to_string()),
            ("BOWLINE_INTERNAL__PORT", around.ports.internal.to_string()),
            ("BOWLINE_PUBLIC_URL", public_url(around.ports)),
            ("BOWLINE_DEVELOPMENT", "true".to_owned()),
            ("BOWLINE_KEY_RING_FILE", around.key_ring.display().to_string()),
            ("BOWLINE_DATABASE__URL", around.database_url),
            ("BOWLINE_DATABASE__OWNER_URL", around.owner_url),
            ("BOWLINE_DROPBOX__WEB_URL", around.dropbox_url.clone()),
            ("BOWLINE_DROPBOX__API_URL", around.dropbox_url),
        ];
        Self { program, environment, log: around.log }
    }

    /// Runs one of its commands with `secret` as standard input, and answers what it printed as JSON.
    pub(crate) async fn run(&self, arguments: &[&str], secret: Option<&str>) -> anyhow::Result<Value> {
        let name = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let mut command = Command::new(&self.program);
        self.prepare(&mut command);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot run {}", self.program.display()))?;
        if let (Some(mut input), Some(secret)) = (child.stdin.take(), secret) {
            input.write_all(format!("{secret}\n").as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            bail!("`bowline-server {name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        if output.stdout.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`bowline-server {name}` printed no JSON"))
    }

    /// Starts its service. Call it from a task on the main thread: the child is told to stop when the calling thread dies.
    pub(crate) fn serve(&self) -> anyhow::Result<Service> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .context("cannot open the server's log")?;
        let mut command = Command::from(bowline_postgres::tied_to_parent("TERM", &self.program));
        self.prepare(&mut command);
        // A group of its own: Ctrl-C reaches the demo alone, which stops things in their order.
        command.arg("serve").process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("cannot run {}", self.program.display()))?;
        Ok(Service { child, log: self.log.clone() })
    }

    fn prepare(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if OsStr::to_str(&name)
                .is_some_and(|name| name.starts_with("BOWLINE_") || name.starts_with("ROCKET_"))
            {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().cloned()).kill_on_drop(true);
    }
}

/// What browsers call Bowline here. Another name than Acme's 127.0.0.1, so that the two are different sites, as they are in life.
pub(crate) fn public_url(ports: Ports) -> String {
    format!("http://localhost:{}", ports.public)
}

/// The running service.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Waits until `ready_url` answers 200, or fails with the end of the log if the service ends before.
    pub(crate) async fn wait_until_ready(
        &mut self,
        http: &reqwest::Client,
        ready_url: &str,
    ) -> anyhow::Result<()> {
        let ready = async {
            while !http.get(ready_url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(POLL).await;
            }
        };
        tokio::select! {
            outcome = tokio::time::timeout(READY_WITHIN, ready) => match outcome {
                Ok(()) => Ok(()),
                Err(_) => bail!("bowline-server is not ready after {} s\n{}", READY_WITHIN.as_secs(), self.log_tail()),
            },
            status = self.child.wait() => bail!("bowline-server ended ({})\n{}", status?, log_tail(&self.log)),
        }
    }

    /// Resolves, with the end of the log, when the service ends by itself.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        match self.child.wait().await {
            Ok(status) => anyhow::anyhow!("bowline-server ended ({status})\n{}", self.log_tail()),
            Err(error) => error.into(),
        }
    }

    /// Lets it finish what it is doing, then ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let Some(pid) = self.child.id() else { return Ok(()) };
        kill(Pid::from_raw(pid.try_into()?), Signal::SIGTERM)?;
        if tokio::time::timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            self.child.kill().await?;
            bail!("bowline-server did not stop in {} s and was killed", STOP_WITHIN.as_secs());
        }
        Ok(())
    }

    fn log_tail(&self) -> String {
        log_tail(&self.log)
    }
}

fn log_tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
