//! Runs Python with packages from `PyPI`, in environments below the target directory.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use bowline_verify::python::environment;
use tokio::process::Command;

/// Python with these packages.
pub(crate) async fn environment_with(name: &str, packages: &'static [&'static str]) -> Result<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = home.join("bin/python");
    tokio::task::spawn_blocking(move || environment(&home, packages)).await??;
    Ok(python)
}

/// What the command prints. No setting of the machine's about proxies and authorities reaches it.
pub(crate) async fn run(command: &mut Command) -> Result<String> {
    for name in
        ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env_remove(name);
    }
    let output = command.kill_on_drop(true).output().await.context("it could not be started")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}
