//! The real demo on a terminal, as a user of `cargo demo` sees it.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bowline_process::without_our_variables;
use portable_pty::CommandBuilder;
use tempfile::TempDir;
use tokio::process::Command;

use crate::Terminal;
use crate::programs::program;

/// The demo creates a database and thousands of accounts, at the same time as other tests.
const PATIENCE: Duration = Duration::from_mins(2);
/// The last line that it prints when everything runs.
const RUNNING: &str = "Stop with Ctrl-C.";

/// A demo on a terminal.
pub struct Demo {
    terminal: Terminal,
    directory: TempDir,
}

impl Demo {
    /// Starts it with its data in a directory of the test.
    pub fn begin(arguments: &[&str]) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bowline-test-demo-").tempdir()?;
        // Postgres may run as another user, who must be able to pass through this directory.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(directory.path(), mode)?;
        let mut command = CommandBuilder::new(program("bowline-launch")?);
        command.args(arguments);
        command.arg("--keep");
        command.arg(directory.path().join("kept"));
        for name in ["RUST_LOG", "NO_COLOR"] {
            command.env_remove(name);
        }
        Ok(Self { terminal: Terminal::run(command)?, directory })
    }

    /// Starts the demo like [`begin`](Self::begin), and waits until everything runs.
    ///
    /// # Errors
    /// If it does not start; the error contains its output.
    pub async fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let demo = Self::begin(arguments)?;
        demo.says(RUNNING).await?;
        Ok(demo)
    }

    /// Waits until it has printed `text`.
    ///
    /// # Errors
    /// If it never does; the error contains its output.
    pub async fn says(&self, text: &str) -> anyhow::Result<()> {
        let started = Instant::now();
        while !self.said().contains(text) {
            if started.elapsed() > PATIENCE || self.said().contains("cargo demo: ") {
                bail!("waited for {text:?}; the demo said:\n{}", self.said());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Its whole output, without the carriage returns of a terminal.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.terminal.raw()).replace("\r\n", "\n")
    }

    /// Its terminal, for keys.
    pub fn terminal(&mut self) -> &mut Terminal {
        &mut self.terminal
    }

    /// Its process id.
    pub fn pid(&self) -> anyhow::Result<i32> {
        Ok(self.terminal.pid().context("the demo is not running")?.try_into()?)
    }

    /// The directory of its data and logs.
    pub fn place(&self) -> PathBuf {
        self.directory.path().join("kept")
    }

    /// The port of Bowline's public listener, which identifies this demo.
    pub fn port(&self) -> anyhow::Result<String> {
        let said = self.said();
        let (_, after) = said.split_once("http://localhost:").context("the demo has not printed its port")?;
        Ok(after.chars().take_while(char::is_ascii_digit).collect())
    }

    /// Waits for its end; returns its exit code, its output, and its directory, which is deleted when that is dropped.
    pub async fn end(self) -> anyhow::Result<(u32, String, TempDir)> {
        let Self { terminal, directory } = self;
        let ended = tokio::task::spawn_blocking(move || terminal.end_with_output());
        let ended = tokio::time::timeout(PATIENCE, ended).await.context("the demo has not ended")?;
        let (code, said) = ended??;
        Ok((code, String::from_utf8_lossy(&said).replace("\r\n", "\n"), directory))
    }

    /// Runs a command for a running demo, such as `add-app`.
    pub async fn command(arguments: &[&str]) -> anyhow::Result<Output> {
        let mut command = std::process::Command::new(program("bowline-demo")?);
        without_our_variables(&mut command);
        command.args(arguments).stdin(Stdio::null());
        Ok(Command::from(command).kill_on_drop(true).output().await?)
    }
}
