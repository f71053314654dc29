//! An operator finds an account and revokes it, in the terminal client and on the command line; its grant also ends at
//! Dropbox.

use anyhow::{Context as _, Result};
use bowline_tests::{Operator, Person};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation, Reveal};

use crate::common::linked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_terminal_an_account_is_found_and_revoked_and_its_token_is_gone() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    acme.token(account.id).await?;
    let olga = Operator::create(&stack, "olga", "operator").await?;
    let id = account.id.to_string();
    let end_of_id = id.get(id.len() - 6..).context("the id is too short")?.to_owned();

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
        terminal.wait_for("▶ type")?;
        terminal.type_by_hand(&end_of_id)?;
        terminal.wait_for("ready: press enter to revoke")?;
        terminal.press("\r")?;
        terminal.wait_for("✕ revok")?;
        terminal.press("q")?;
        terminal.wait_gone("Timeline")?;
        terminal.press("q")?;
        terminal.wait_for("ctrl-c quits")?;
        terminal.press("\u{3}")?;
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
    assert!(!unsure.status.success(), "nothing is revoked without a confirmation");
    acme.token(account.id).await?;
    olga.bowline(&["accounts", "revoke", &id, "--reason", "left the company", "--yes", "--json"]).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    stack.wait_for_live_grants(1).await?;
    let shown = olga.bowline(&["accounts", "show", &id, "--json"]).await?.to_string();
    assert!(shown.contains("left the company") && !shown.contains("CANARY"), "{shown}");
    Ok(())
}

/// Every reading command with all its options: the server understands everything that the client requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_that_reads_is_understood_by_the_server() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = Operator::create(&stack, "olga", "operator").await?;
    olga.bowline_login().await?;
    let (id, connector) = (account.id.to_string(), account.connector_id.to_string());
    let tenant = ["--tenant", acme.slug.as_str()];
    let accounts =
        ["accounts", "list", "--status", "active", "--connector", &connector, "--scope", "account_info.read"];
    let order = ["--search", "amara", "--sort", "used", "--limit", "1"];
    for (command, rows) in [
        (vec!["tenants", "list", "--limit", "1"], 1),
        ([&["connectors", "list"], &tenant[..]].concat(), 1),
        ([&["api-keys", "list"], &tenant[..]].concat(), 1),
        ([&accounts[..], &order[..], &tenant[..]].concat(), 1),
        ([&["freezes", "list", "--limit", "1"], &tenant[..]].concat(), 0),
        ([&["links", "lost", "--limit", "1"], &tenant[..]].concat(), 0),
        ([&["audit", "list", "--limit", "1"], &tenant[..]].concat(), 1),
    ] {
        for reading in [vec!["--json"], vec!["--json", "--read-only"]] {
            let listed = olga.bowline(&[&command[..], &reading[..]].concat()).await?;
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(rows), "{command:?}: {listed}");
        }
    }
    assert_eq!(olga.bowline(&["accounts", "show", &id, "--json"]).await?["id"], id.as_str());
    assert_eq!(olga.bowline(&[&["audit", "verify", "--json"], &tenant[..]].concat()).await?["intact"], true);
    assert_eq!(olga.bowline(&["whoami", "--json"]).await?["name"], "olga");
    Ok(())
}

/// A name copied from the terminal, including escapes, finds its account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_as_the_terminal_shows_it_is_found() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = Operator::create(&stack, "olga", "operator").await?;
    olga.bowline_login().await?;
    let id = account.id.to_string();
    for name in [
        "Anna  Lena",
        "علی\u{200c}رضا",
        "👩\u{200d}💻 dev",
        "Mül\u{ad}ler",
        "x\u{202e}y",
        "a\u{2028}b",
        "\u{e000}pple",
        "\u{301}lone",
        "q\u{323}\u{307}\u{304}\u{301}s",
        "မြို့",
        "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}",
        "Anna ‹200C› literal",
    ] {
        let written = std::iter::once(("name".to_owned(), serde_json::json!({ "display_name": name })));
        let named = FaultKind::Garbage { garbage: Garbage::Merge(written.collect()) };
        stack.dropbox.set_fault(FaultSpec::new(named).on(Operation::GetCurrentAccount).times(1));
        Person::new(&stack, "amara@example.com").links(&stack, &acme, &account.external_user_id).await?;
        let shown = olga.try_bowline(&["accounts", "show", &id], "").await?;
        let shown = String::from_utf8(shown.stdout)?;
        let shown = shown
            .lines()
            .find_map(|line| line.trim().strip_prefix("name "))
            .context("no name is shown")?
            .trim();
        let found = olga.bowline(&["accounts", "list", "--search", shown, "--json"]).await?;
        assert_eq!(found["items"][0]["id"], id.as_str(), "{name:?}, shown as {shown:?}");
        let other = olga.bowline(&["accounts", "list", "--search", "another", "--json"]).await?;
        assert_eq!(other["items"].as_array().map(Vec::len), Some(0));
    }
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
