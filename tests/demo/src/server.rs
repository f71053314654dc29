//! The real `bowline-server` as a child process: its commands, its service, its log.

use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// More than the server's own grace, after which it ends by itself.
const STOP_WITHIN: Duration = Duration::from_secs(40);
const READY_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// How `bowline-server` is called here.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    settings: PathBuf,
}

impl Server {
    /// `program` with the settings in the file `settings`.
    pub(crate) fn new(program: PathBuf, settings: PathBuf) -> Self {
        Self { program, settings }
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

    /// Starts its service, which logs into `log`. Call it from a task on the main thread: the child is told to stop when the calling thread dies.
    pub(crate) fn serve(&self, log: &File) -> anyhow::Result<Service> {
        let mut command = Command::from(bowline_postgres::tied_to_parent("TERM", &self.program));
        self.prepare(&mut command);
        command.arg("serve").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
        let child = command.spawn().with_context(|| format!("cannot run {}", self.program.display()))?;
        Ok(Service { child })
    }

    fn prepare(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if OsStr::to_str(&name)
                .is_some_and(|name| name.starts_with("BOWLINE_") || name.starts_with("ROCKET_"))
            {
                command.env_remove(name);
            }
        }
        // A group of its own: Ctrl-C reaches the demo alone, which stops its parts in their order.
        command.arg("--config").arg(&self.settings).process_group(0).kill_on_drop(true);
    }
}

/// A client for what the demo itself speaks to: plain HTTP on loopback, past any proxy. A slim machine has no authorities to load.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    // The process may have chosen its cryptography already.
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().tls_certs_only([]).no_proxy().build()?)
}

/// The running service.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
}

impl Service {
    /// Waits until `ready_url` answers 200, or fails if the service ends before.
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
                Err(_) => bail!("it is not ready after {} s", READY_WITHIN.as_secs()),
            },
            status = self.child.wait() => bail!("it ended ({})", status?),
        }
    }

    /// Resolves when the service ends by itself.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        match self.child.wait().await {
            Ok(status) => anyhow::anyhow!("bowline-server ended ({status})"),
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
}
