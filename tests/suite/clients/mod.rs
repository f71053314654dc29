//! The clients of `clients/` and their examples, against the real server.

mod example;
mod python;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::process::Command;

/// A folder of `clients/`.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients").join(name)
}

/// What a program printed, which must succeed.
async fn said(command: &mut Command) -> Result<String> {
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(said)
}
