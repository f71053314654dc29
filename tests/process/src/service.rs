//! A running `bowline-server serve`: waits until it is ready, sends it signals, and stops it.

use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Program;

const READY_WITHIN: Duration = Duration::from_mins(1);
/// Longer than the server's own grace period, after which it ends by itself.
const STOP_WITHIN: Duration = Duration::from_secs(40);
/// How many lines of a log [`last_lines`] returns.
const LINES: usize = 15;

/// Origins of the two listeners, such as `http://127.0.0.1:8000`.
#[derive(Debug, Clone)]
pub struct Listeners {
    /// For end users and tenant apps.
    pub public: String,
    /// For operators.
    pub internal: String,
}

/// A running service; dropping it kills it.
#[derive(Debug)]
pub struct Service {
    child: Child,
}

impl Program {
    /// Starts `serve` with its log in `log`. Call it on the main thread: the service ends when the thread that calls
    /// this dies.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn serve(&self, log: File) -> anyhow::Result<Service> {
        let mut command = Command::from(self.serve_command());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        Ok(Service { child: command.spawn().context("cannot run bowline-server")? })
    }
}

impl Service {
    /// Waits until the service listens. Call it once.
    ///
    /// # Errors
    /// If the service ends before, or does not listen within a minute.
    pub async fn ready(&mut self) -> anyhow::Result<Listeners> {
        let stdout = self.child.stdout.take().context("the standard output has been read already")?;
        let mut lines = BufReader::new(stdout).lines();
        let announced = async {
            while let Some(line) = lines.next_line().await? {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(listeners) = event.get("listeners") {
                    return anyhow::Ok(Some(listeners.clone()));
                }
            }
            Ok(None)
        };
        let Ok(announced) = timeout(READY_WITHIN, announced).await else {
            bail!("bowline-server is not ready after {} s", READY_WITHIN.as_secs());
        };
        let Some(listeners) = announced? else {
            bail!("bowline-server ended ({})", self.child.wait().await?);
        };
        let origin = |name: &str| {
            listeners.get(name).and_then(Value::as_str).context("a listener is missing").map(str::to_owned)
        };
        Ok(Listeners { public: origin("public")?, internal: origin("internal")? })
    }

    /// Its process id.
    ///
    /// # Errors
    /// If it has ended.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("bowline-server has ended")
    }

    /// Whether it is running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal and does not wait for its effect.
    ///
    /// # Errors
    /// If it has ended.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill(Pid::from_raw(i32::try_from(self.pid()?)?), signal)?)
    }

    /// Resolves when it ends by itself.
    ///
    /// # Errors
    /// If the operating system does not say how it ended.
    pub async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Waits for the end of a service that has been asked to stop.
    ///
    /// # Errors
    /// If it does not end within 40 seconds. It is killed then.
    pub async fn stopped(mut self) -> anyhow::Result<ExitStatus> {
        if let Ok(status) = timeout(STOP_WITHIN, self.child.wait()).await {
            return Ok(status?);
        }
        self.child.kill().await?;
        bail!("bowline-server did not stop within {} s and was killed", STOP_WITHIN.as_secs())
    }

    /// Lets it finish its work (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// If it does not end within 40 seconds. It is killed then.
    pub async fn stop(self) -> anyhow::Result<()> {
        if self.child.id().is_some() {
            self.signal(Signal::SIGTERM)?;
            self.stopped().await?;
        }
        Ok(())
    }

    /// Kills it and waits for its end.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(mut self) -> std::io::Result<()> {
        self.child.kill().await
    }
}

/// The last lines of a log, for an error that shows why a service did not start.
pub fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
}
