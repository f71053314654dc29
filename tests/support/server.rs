//! One real `bowline-server serve`: started, killed, stopped, started again.

mod faults;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::ports::free_port;
use crate::programs::{program, without_our_variables};

/// More than the server's own grace, after which it ends by itself.
const STOP_WITHIN: Duration = Duration::from_secs(40);

/// A replica; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    public_port: u16,
    internal_port: u16,
    environment: Vec<(String, String)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Server {
    /// One that is not started yet, on ports of its own, with its log in `log`.
    pub(crate) fn new(log: PathBuf) -> anyhow::Result<Self> {
        let (public_port, internal_port) = (free_port()?, free_port()?);
        Ok(Self { public_port, internal_port, environment: Vec::new(), log, child: None })
    }

    /// Origin of the listener for end users and tenant apps. Not 127.0.0.1, so that simulated Dropbox is another site.
    pub fn public_url(&self) -> String {
        format!("http://localhost:{}", self.public_port)
    }

    /// Origin of the listener for operators.
    pub fn internal_url(&self) -> String {
        format!("http://localhost:{}", self.internal_port)
    }

    /// Port of the listener for end users and tenant apps.
    pub fn public_port(&self) -> u16 {
        self.public_port
    }

    /// Port of the listener for operators.
    pub fn internal_port(&self) -> u16 {
        self.internal_port
    }

    pub(crate) fn configure(&mut self, environment: &[(String, String)]) {
        self.environment = environment.to_vec();
    }

    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// Where it ends before, with the end of its log.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        // Tied to us, so that a test that is killed leaves nothing running.
        let mut command = bowline_postgres::tied_to_parent("KILL", &program("bowline-server")?);
        without_our_variables(&mut command);
        command.arg("serve").envs(self.environment.iter().cloned());
        command.env("ROCKET_PORT", self.public_port.to_string());
        command.env("BOWLINE_INTERNAL__PORT", self.internal_port.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = Command::from(command).kill_on_drop(true).spawn().context("bowline-server")?;
        let mut lines = BufReader::new(child.stdout.take().context("it has no output")?).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("\"ready\"") {
                    return true;
                }
            }
            false
        };
        match timeout(PATIENCE, ready).await {
            Ok(true) => {}
            Ok(false) => {
                let status = child.wait().await?;
                bail!("bowline-server ended ({status})\n{}", tail(&self.log));
            }
            Err(_) => {
                bail!("bowline-server is not ready after {} s\n{}", PATIENCE.as_secs(), tail(&self.log))
            }
        }
        self.child = Some(child);
        Ok(())
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// SIGKILL: it has no time for anything.
    ///
    /// # Errors
    /// Where it does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        child.start_kill()?;
        child.wait().await?;
        Ok(())
    }

    /// SIGTERM, without waiting for what comes of it.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        let child = self.child.as_ref().context("it does not run")?;
        let pid = i32::try_from(child.id().context("it has ended")?)?;
        Ok(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM)?)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Where it does not run, or does not end in time.
    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        let mut child = self.child.take().context("it does not run")?;
        Ok(timeout(STOP_WITHIN, child.wait()).await.context("bowline-server does not stop")??)
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(15)..).unwrap_or_default().join("\n")
}
