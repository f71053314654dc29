//! Searches files for texts that must not be there.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use bowline_process::feed;
use tokio::process::Command;

/// The files below `directory`, except for the key ring, that contain one of `needles`, one file on each line. Uses the
/// program `grep`, which reads a gigabyte in a moment.
pub async fn files_with(directory: &Path, needles: &[String]) -> anyhow::Result<String> {
    let mut command = Command::new("grep");
    command.args(["-rlaF", "--exclude=keys.toml", "-f", "-"]).arg(directory).env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut stdin = child.stdin.take().context("grep has no standard input")?;
    feed(&mut stdin, &needles.join("\n")).await?;
    drop(stdin);
    Ok(String::from_utf8(child.wait_with_output().await?.stdout)?)
}
