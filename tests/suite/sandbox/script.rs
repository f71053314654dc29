//! The script of the documentation, which nobody has to help.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::process::Command;

use super::sandbox;
use crate::clients::{folder, without_proxies};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_in_curl_walks_all_states_within_a_minute() -> Result<()> {
    let (stack, acme) = sandbox().await?;
    let begun = Instant::now();
    let mut sh = Command::new("sh");
    sh.arg(folder("examples/curl").join("sandbox.sh"))
        .env("BOWLINE_URL", stack.public_url())
        .env("BOWLINE_API_KEY", &acme.api_key)
        .env("RETURN_URL", &acme.return_url)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    without_proxies(&mut sh);
    let ended = sh.output().await?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "{said}");
    for state in
        ["healthy", "missing_scope", "user_suspended", "slow", "rate_limited", "dead_grant", "broken_app"]
    {
        ensure!(said.contains(&format!("{state}: ")), "{state} is missing: {said}");
    }
    ensure!(
        said.contains("dead_grant: needs_reauth") && said.contains("broken_app: connector_broken"),
        "{said}"
    );
    ensure!(begun.elapsed() < Duration::from_mins(1), "it took {:?}", begun.elapsed());
    Ok(())
}
