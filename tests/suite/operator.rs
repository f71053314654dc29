//! An operator finds an account and revokes it, in the terminal and on the command line; at Dropbox the grant dies, too.

use anyhow::{Context as _, Result};
use bowline_tests::{Operator, Person};
use dropbox_sim::Reveal;

use crate::common::linked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_terminal_an_account_is_found_and_revoked_and_its_token_is_gone() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    acme.token(account.id).await?;
    let olga = Operator::create(&stack, "olga", "operator").await?;
    let id = account.id.to_string();
    let end_of_id = id.get(id.len() - 6..).context("an id is longer")?.to_owned();

    let mut terminal = olga.open_terminal()?;
    let password = olga.password.clone();
    let walk = tokio::task::spawn_blocking(move || -> Result<(u32, Vec<u8>)> {
        terminal.wait_for("log in")?;
        terminal.press(&password)?;
        terminal.press("\r")?;
        terminal.wait_for("amara@example.com")?;
        terminal.wait_for("jonas@example.com")?;
        terminal.press("/amara")?;
        terminal.wait_gone("jonas@example.com")?;
        terminal.wait_for("amara@example.com")?;
        terminal.press("\r\r")?;
        terminal.wait_for("Timeline")?;
        terminal.press("R")?;
        terminal.wait_for("cannot be undone")?;
        terminal.press("asked by the user\r")?;
        terminal.press(&end_of_id)?;
        terminal.wait_for("ready: enter revokes")?;
        terminal.press("\r")?;
        terminal.wait_for("✕ revok")?;
        terminal.press("q")?;
        terminal.wait_gone("Timeline")?;
        terminal.press("q")?;
        let raw = terminal.raw();
        Ok((terminal.end()?, raw))
    });
    let (code, raw) = walk.await??;
    assert_eq!(code, 0);
    let raw = String::from_utf8_lossy(&raw).into_owned();
    assert!(!raw.contains("CANARY"), "neither the password nor a token was ever on the screen");

    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    stack.wait_for_live_grants(1).await?;
    let dead = stack
        .dropbox
        .grants(Reveal::No)
        .into_iter()
        .find(|grant| grant.account_id == account.provider_account_id);
    assert!(dead.is_some_and(|grant| !grant.alive));
    acme.token(other.id).await?;
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.revoked' AND detail->>'reason' = 'asked by the user'";
    assert_eq!(stack.database.count(told).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_command_line_the_same_is_done_with_json() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    let olga = Operator::create(&stack, "olga", "operator").await?;
    assert_eq!(
        olga.try_bowline(&["accounts", "list", "--json"], "").await?.status.code(),
        Some(3),
        "not logged in"
    );
    olga.bowline_login().await?;
    assert_eq!(olga.bowline(&["whoami", "--json"]).await?["name"], "olga");
    let listed = olga.bowline(&["accounts", "list", "--json"]).await?;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "{listed}");
    let found =
        olga.bowline(&["accounts", "list", "--search", "AMARA", "--tenant", "acme", "--json"]).await?;
    let id = account.id.to_string();
    assert_eq!(
        (found["items"].as_array().map(Vec::len), &found["items"][0]["id"]),
        (Some(1), &id.as_str().into())
    );

    let unsure = olga.try_bowline(&["accounts", "revoke", &id], "no\n").await?;
    assert!(!unsure.status.success(), "nothing is revoked without its confirmation");
    acme.token(account.id).await?;
    olga.bowline(&["accounts", "revoke", &id, "--reason", "left the company", "--yes", "--json"]).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    stack.wait_for_live_grants(1).await?;
    let shown = olga.bowline(&["accounts", "show", &id, "--json"]).await?.to_string();
    assert!(shown.contains("left the company") && !shown.contains("CANARY"), "{shown}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_sees_and_revokes_nothing() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let vera = Operator::create(&stack, "vera", "viewer").await?;
    vera.bowline_login().await?;
    let id = account.id.to_string();
    vera.bowline(&["accounts", "show", &id, "--json"]).await?;
    let refused =
        vera.try_bowline(&["accounts", "revoke", &id, "--reason", "because", "--yes", "--json"], "").await?;
    assert_eq!(refused.status.code(), Some(4));
    acme.token(account.id).await?;
    Ok(())
}
