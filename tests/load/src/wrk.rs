//! Closed-loop load by wrk, whose requests come from a Lua script.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use tokio::process::Command;

/// The number of wrk's threads; the scripts assume two.
const THREADS: usize = 2;
const COMMON: &str = include_str!("lua/common.lua");

/// A script and its configuration.
pub(crate) struct Script {
    text: &'static str,
    config: String,
}

impl Script {
    /// A script that sends these API keys, one per tenant in the tenants' order.
    pub(crate) fn new<'a>(text: &'static str, keys: impl Iterator<Item = &'a str>) -> Self {
        let mut config = String::from("return {\nkeys = {");
        for key in keys {
            // Writing to a string cannot fail.
            let _ = write!(config, "\"{key}\",");
        }
        config.push_str("},\n");
        Self { text, config }
    }

    /// Adds a number to the configuration.
    #[must_use]
    pub(crate) fn number(mut self, name: &str, value: u64) -> Self {
        let _ = writeln!(self.config, "{name} = {value},");
        self
    }

    /// Adds a text to the configuration; it must not contain quotes or backslashes.
    #[must_use]
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        let _ = writeln!(self.config, "{name} = \"{value}\",");
        self
    }
}

/// The result of one run of wrk.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Outcome {
    /// The number of answers.
    pub requests: u64,
    /// The duration in microseconds.
    pub micros: u64,
    /// The number of answers with a status of 400 or above.
    pub refused: u64,
    /// The number of failed connections, reads and writes, and timeouts.
    pub broken: u64,
    /// Percentiles in microseconds, as wrk measures them. A closed loop hides the calls that wait behind a slow answer.
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub p999: u64,
}

impl Outcome {
    /// Answers per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / (self.micros as f64 / 1e6)
    }

    /// Fails unless all answers were successful.
    pub(crate) fn all_good(self) -> anyhow::Result<Self> {
        ensure!(self.requests > 0, "nothing was answered");
        ensure!(
            self.refused == 0 && self.broken == 0,
            "{} of {} answers were refusals and {} connections broke",
            self.refused,
            self.requests,
            self.broken
        );
        Ok(self)
    }
}

/// Runs the script against `address` (`host:port`) for this many seconds.
pub(crate) async fn run(
    address: &str,
    script: &Script,
    connections: usize,
    seconds: u64,
    seed: u64,
) -> anyhow::Result<Outcome> {
    let directory = tempfile::tempdir()?;
    let (program, config) = (directory.path().join("script.lua"), directory.path().join("config.lua"));
    fs::write(&program, format!("{COMMON}{}", script.text))?;
    write_private(&config, &format!("{}host = \"{address}\",\nseed = {seed},\n}}\n", script.config))?;
    let connections = connections.max(THREADS).to_string();
    let output = Command::new("wrk")
        .args(["--threads", &THREADS.to_string(), "--connections", &connections])
        .args(["--duration", &format!("{seconds}s"), "--timeout", "20s", "--script"])
        .arg(&program)
        .arg(format!("http://{address}"))
        .arg("--")
        .arg(&config)
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run wrk")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "wrk: {printed}{said}");
    let result = printed.lines().find_map(|line| line.strip_prefix("RESULT "));
    let result = result.with_context(|| format!("wrk printed no result: {printed}{said}"))?;
    Ok(serde_json::from_str(result)?)
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}
