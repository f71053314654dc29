//! The official Python package `dropbox` over TLS, unpatched: if the simulator is wrong, Dropbox's own code says so.

use std::path::Path;

use anyhow::Result;
use dropbox_sim::{Operation, Reveal};
use tokio::process::Command;

use crate::{
    bench::{Bench, CALLBACK},
    python::{environment_with, run},
};

const PACKAGES: &[&str] = &["dropbox>=12,<13"];

#[tokio::test]
async fn the_official_package_works_against_the_simulator() -> Result<()> {
    let python = environment_with("dropbox-sdk", PACKAGES).await?;
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
