//! The official Python package `dropbox` over TLS, unpatched: if the simulator is wrong, Dropbox's own code says so.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use bowline_verify::python::environment;
use dropbox_sim::{Operation, Reveal};
use tokio::process::Command;

use crate::bench::{Bench, CALLBACK};

const PACKAGE: &str = "dropbox>=12,<13";

/// Python with the package, in an environment below the target directory.
async fn python() -> Result<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dropbox-sdk");
    let python = home.join("bin/python");
    tokio::task::spawn_blocking(move || environment(&home, &[PACKAGE])).await??;
    Ok(python)
}

async fn run(command: &mut Command) -> Result<String> {
    let output = command.kill_on_drop(true).output().await.context("it could not be started")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

#[tokio::test]
async fn the_official_package_works_against_the_simulator() -> Result<()> {
    let python = python().await?;
    let bench = Bench::new().await?;
    let ca =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("dropbox-sdk-ca-{}.pem", std::process::id()));
    std::fs::write(&ca, bench.sim.ca_pem())?;
    let origin = bench.sim.https_url();
    let host = origin.replace("https://", "");
    let mut command = Command::new(python);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/python_sdk.py"))
        .arg(&ca)
        .args([origin.as_str(), CALLBACK]);
    for name in ["API", "WEB", "API_CONTENT", "API_NOTIFY"] {
        command.env(format!("DROPBOX_{name}_HOST"), &host);
    }
    for name in
        ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env_remove(name);
    }
    let said = run(&mut command).await;
    std::fs::remove_file(&ca)?;
    assert_eq!(said?.trim(), "{\"ok\": true}");

    // What the package did is what it was meant to do.
    assert_eq!(bench.sim.count(Operation::TokenExchange), 2);
    assert_eq!(bench.sim.count(Operation::Revoke), 2);
    let grants = bench.sim.grants(Reveal::No);
    assert!(grants.len() == 2 && grants.iter().all(|grant| !grant.alive && grant.refreshes >= 2));
    Ok(())
}
