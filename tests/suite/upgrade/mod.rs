//! The upgrade of a database from before facts were bound to tokens and audit entries were signed.

mod broken;
mod honest;
mod killed;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::Stack;
use serde_json::Value;

/// The report of `upgrade-seals`, and whether it succeeded.
async fn upgrade(stack: &Stack, more: &[&str]) -> Result<(bool, Value)> {
    let output = stack.try_command(&[&["upgrade-seals", "--json"], more].concat(), None).await?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).with_context(|| said)?;
    Ok((output.status.success(), report))
}

/// Stops the first server and converts its database to the form of the previous version.
async fn leave_old(stack: &mut Stack) -> Result<()> {
    stack.server_mut(0).kill().await?;
    stack.age().await
}

/// Whether every log is intact and signed.
async fn logs_hold(stack: &Stack) -> Result<bool> {
    Ok(stack.try_command(&["audit", "verify", "--json"], None).await?.status.success())
}

/// Checks that no server starts, and that the error names the command to run.
async fn no_server_begins(stack: &mut Stack) -> Result<()> {
    let refused = stack.server_mut(0).start().await.err().context("the server started")?;
    let said = format!("{refused:#}");
    ensure!(said.contains("run `bowline-server upgrade-seals`"), "{said}");
    Ok(())
}

/// The number of rows with a value sealed in the old form.
async fn old_rows(stack: &Stack) -> Result<i64> {
    let old = "SELECT (SELECT count(*) FROM accounts WHERE get_byte(sealed_access_token, 0) = 1)
        + (SELECT count(*) FROM accounts WHERE get_byte(sealed_refresh_token, 0) = 1)
        + (SELECT count(*) FROM connectors WHERE get_byte(sealed_app_secret, 0) = 1)
        + (SELECT count(*) FROM narrowed_tokens WHERE get_byte(sealed_access_token, 0) = 1)
        + (SELECT count(*) FROM link_sessions WHERE get_byte(sealed_pkce_verifier, 0) = 1)
        + (SELECT count(*) FROM link_sessions WHERE get_byte(sealed_code, 0) = 1)";
    stack.database.count(old).await
}
