//! Python's packages for OAuth 1 over TLS, unpatched: `requests-oauthlib` completes a 1.0a flow, and `requests` with its `OAuth1` a flow
//! of Dropbox's 1.0.

use std::path::Path;

use anyhow::Result;
use dropbox_sim::{Operation, Reveal};
use tokio::process::Command;

use crate::{
    bench::{Bench, CALLBACK},
    python::{environment_with, run},
};

const PACKAGES: &[&str] = &["requests-oauthlib>=2,<3", "oauthlib>=4,<5"];

#[tokio::test]
async fn requests_oauthlib_speaks_both_dialects_with_the_simulator() -> Result<()> {
    let python = environment_with("oauth1", PACKAGES).await?;
    let bench = Bench::new().await?;
    let ca = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oauth1-ca-{}.pem", std::process::id()));
    std::fs::write(&ca, bench.sim.ca_pem())?;
    let mut command = Command::new(python);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/python_oauth.py"))
        .arg(&ca)
        .args([bench.sim.https_url().as_str(), CALLBACK]);
    let said = run(&mut command).await;
    std::fs::remove_file(&ca)?;
    assert_eq!(said?.trim(), "{\"ok\": true}");

    // What the packages did is what they were meant to do.
    assert_eq!(bench.sim.count(Operation::TokenFromOAuth1), 9);
    let grants = bench.sim.grants(Reveal::No);
    let of = |kind: &str, alive: bool| {
        grants.iter().filter(|grant| grant.token_access_type == kind && grant.alive == alive).count()
    };
    assert_eq!((of("oauth1", false), of("oauth1", true)), (9, 0));
    assert_eq!((of("oauth1a", false), of("oauth1a", true)), (0, 3));
    assert_eq!((of("legacy", false), of("legacy", true)), (0, 9));
    Ok(())
}
