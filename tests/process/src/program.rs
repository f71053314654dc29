//! How `bowline-server` is called: the path of the program and its settings.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::ChildStdin;

/// `bowline-server` with settings. The `BOWLINE_*` and `ROCKET_*` variables of the calling process do not reach it.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    config: Option<PathBuf>,
    variables: Vec<(String, String)>,
    supervised: bool,
}

impl Program {
    /// The program at `path`, without settings.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), config: None, variables: Vec::new(), supervised: false }
    }

    /// Reads its settings from this file.
    #[must_use]
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.config = Some(file.into());
        self
    }

    /// Sets environment variables. A later value of the same variable replaces an earlier one.
    #[must_use]
    pub fn variables<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Sets one environment variable.
    #[must_use]
    pub fn variable(self, name: &str, value: impl Into<String>) -> Self {
        self.variables([(name, value.into())])
    }

    /// For a caller that handles Ctrl-C by stopping the server. The server gets a process group of its own, so that
    /// Ctrl-C reaches only the caller, and `serve` gets SIGTERM when the caller dies. Without this option `serve` is
    /// killed then, so that a test leaves nothing running.
    #[must_use]
    pub fn supervised(mut self) -> Self {
        self.supervised = true;
        self
    }

    /// One of its subcommands, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.complete(Command::new(&self.path), arguments)
    }

    /// The subcommand `serve`, which ends when the calling thread dies.
    pub(crate) fn serve_command(&self) -> Command {
        let signal = if self.supervised { "TERM" } else { "KILL" };
        self.complete(bowline_postgres::tied_to_parent(signal, &self.path), &["serve"])
    }

    fn complete(&self, mut command: Command, arguments: &[&str]) -> Command {
        without_our_variables(&mut command);
        if self.supervised {
            command.process_group(0);
        }
        if let Some(file) = &self.config {
            command.arg("--config").arg(file);
        }
        command.args(arguments).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a subcommand with `input` as its standard input and waits for its end, whatever its status.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn output(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = tokio::process::Command::from(command);
        let child = command.kill_on_drop(true).spawn();
        let mut child = child.with_context(|| format!("cannot run {}", self.path.display()))?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            feed(&mut stdin, input).await?;
        }
        Ok(child.wait_with_output().await?)
    }

    /// Runs a subcommand and returns the JSON that it printed; [`Value::Null`] if it printed nothing.
    ///
    /// # Errors
    /// If it fails (the error contains its standard error), or prints something that is not JSON.
    pub async fn run(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Value> {
        json(arguments, &self.output(arguments, input).await?)
    }
}

/// The JSON that the subcommand `arguments` printed; [`Value::Null`] if it printed nothing.
///
/// # Errors
/// If it failed (the error contains its standard error), or printed something that is not JSON.
pub fn json(arguments: &[&str], output: &Output) -> anyhow::Result<Value> {
    // Two words name the subcommand; what follows may be long.
    let name = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`bowline-server {name}` failed: {}", message.trim());
    if output.stdout.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`bowline-server {name}` printed something that is not JSON"))
}

/// Removes the variables that would change how our programs behave.
pub fn without_our_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = OsStr::to_str(&name).unwrap_or_default();
        if text.starts_with("BOWLINE_") || text.starts_with("ROCKET_") || text == "NO_COLOR" {
            command.env_remove(&name);
        }
    }
}

/// Writes the standard input of a child process. A child that ends without reading it explains that by its status.
///
/// # Errors
/// If the pipe cannot be written for another reason than that the child has closed it.
pub async fn feed(stdin: &mut ChildStdin, input: &str) -> std::io::Result<()> {
    match stdin.write_all(input.as_bytes()).await {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_variable_replaces_an_earlier_one_and_the_file_of_settings_comes_first() {
        let program = Program::new("/bin/bowline-server").config("a.toml");
        let program = program.variables([("BOWLINE_LOG", "info")]).variable("BOWLINE_LOG", "trace");
        let command = program.command(&["keys", "init"]);
        let words: Vec<_> = command.get_args().collect();
        assert_eq!(words, ["--config", "a.toml", "keys", "init"]);
        let logs = command.get_envs().filter(|(name, _)| *name == "BOWLINE_LOG");
        assert_eq!(logs.map(|(_, value)| value).collect::<Vec<_>>(), [Some(OsStr::new("trace"))]);
    }
}
