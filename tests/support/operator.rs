//! An operator: the admin API, the command line and the terminal client.

use std::process::{Output, Stdio};

use anyhow::ensure;
use bowline_api::admin::NewSession;
use bowline_process::{feed, without_our_variables};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::programs::program;
use crate::{Answer, Stack, Terminal};

/// An operator with a password, and with files of their own for the terminal client.
#[derive(Debug)]
pub struct Operator {
    /// Login name.
    pub name: String,
    /// Their password.
    pub password: String,
    config: TempDir,
    base: String,
    http: reqwest::Client,
    session: Option<String>,
}

impl Operator {
    /// Adds an operator with this role, who is not logged in yet.
    pub async fn create(stack: &Stack, name: &str, role: &str) -> anyhow::Result<Self> {
        let password = format!("CANARY_password of {name}, long enough");
        let add = ["operator", "add", "--name", name, "--role", role, "--password-stdin", "--json"];
        stack.command(&add, Some(&password)).await?;
        let base = stack.server(0).internal_url();
        let config = tempfile::tempdir()?;
        let text = format!("current = \"here\"\n[contexts.here]\nserver = \"{base}\"\nname = \"{name}\"\n");
        std::fs::write(config.path().join("config.toml"), text)?;
        Ok(Self { name: name.to_owned(), password, config, base, http: stack.http(), session: None })
    }

    /// Logs in at the admin API.
    pub async fn log_in(&mut self) -> anyhow::Result<()> {
        let body = json!({ "name": self.name, "password": self.password });
        let session: NewSession = self.call(Method::POST, "/admin/v1/sessions", Some(body)).await?.good()?;
        self.session = Some(session.token);
        Ok(())
    }

    /// The token of their session; empty before they have logged in.
    pub fn session(&self) -> &str {
        self.session.as_deref().unwrap_or_default()
    }

    /// Any call of the admin API, in their session if they have one.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(session) = &self.session {
            request = request.bearer_auth(session);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await?).await
    }

    /// Starts `bowline` with these arguments, on a machine without a display.
    pub fn start_bowline(&self, arguments: &[&str]) -> anyhow::Result<Child> {
        let mut command = std::process::Command::new(program("bowline")?);
        without_our_variables(&mut command);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.args(arguments).env("BOWLINE_CONFIG_DIR", self.config.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Command::from(command).kill_on_drop(true).spawn()?)
    }

    /// Runs `bowline` with these arguments and `input`, with any outcome.
    pub async fn try_bowline(&self, arguments: &[&str], input: &str) -> anyhow::Result<Output> {
        let mut child = self.start_bowline(arguments)?;
        if let Some(mut stdin) = child.stdin.take() {
            feed(&mut stdin, input).await?;
        }
        Ok(child.wait_with_output().await?)
    }

    /// Runs `bowline` with these arguments and returns the JSON that it printed.
    pub async fn bowline(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self.try_bowline(arguments, "").await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "bowline {arguments:?} ended with {}: {said}", output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Logs in with `bowline login`.
    pub async fn bowline_login(&self) -> anyhow::Result<()> {
        let output =
            self.try_bowline(&["login", "--password-stdin"], &format!("{}\n", self.password)).await?;
        ensure!(output.status.success(), "bowline login: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Opens the terminal client.
    pub fn open_terminal(&self) -> anyhow::Result<Terminal> {
        Terminal::open(self.config.path(), &[])
    }

    /// The directory of their `config.toml` and sessions.
    pub fn config(&self) -> &std::path::Path {
        self.config.path()
    }
}
