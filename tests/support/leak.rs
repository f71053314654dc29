//! Looking for what must not be there.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use bowline_process::feed;
use tokio::process::Command;

/// Files below `directory` that hold one of `needles`, one on a line, by the program `grep`: it reads a gigabyte in a moment.
///
/// The key ring is left out.
///
/// # Errors
/// Where `grep` cannot be run.
pub async fn files_with(directory: &Path, needles: &[String]) -> anyhow::Result<String> {
    let mut command = Command::new("grep");
    command.args(["-rlaF", "--exclude=keys.toml", "-f", "-"]).arg(directory).env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut stdin = child.stdin.take().context("grep reads")?;
    feed(&mut stdin, &needles.join("\n")).await?;
    drop(stdin);
    Ok(String::from_utf8(child.wait_with_output().await?.stdout)?)
}
