//! What an import does to accounts that exist already, and what a dry run does not do.

use anyhow::Result;
use bowline_api::status::AccountStatus;
use bowline_tests::{Person, Stack, Tenant, until};
use reqwest::Method;
use serde_json::json;

use super::{Folder, Former, import, recorded};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_asks_dropbox_and_stores_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let formers: Vec<Former> = (0..6).map(|number| Former::new(&stack, &acme, number)).collect();
    stack.dropbox.revoke_grant(formers[2].grant);
    let file = folder.grants("grants.jsonl", formers.iter().map(Former::line))?;
    let counts = import(&stack, &acme, &file, &["--dry-run"]).await?.good()?;
    assert_eq!((&counts["valid"], &counts["imported"]), (&json!(5), &json!(0)), "{counts}");
    assert_eq!(counts["refused"], json!({ "refresh_token_revoked": 1 }));
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 0);
    assert_eq!(recorded(&stack, "tenant.grants_imported").await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_keeps_its_grant_and_a_revoked_one_stays_revoked() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let formers: Vec<Former> = (1..=3).map(|number| Former::new(&stack, &acme, number)).collect();
    let mut accounts = Vec::new();
    for former in &formers {
        let email = format!("{}@example.com", former.user);
        accounts.push(Person::new(&stack, &email).links(&stack, &acme, &former.user).await?.id);
    }
    // The second one's grant dies, and the third account is revoked.
    let grants = stack.dropbox.grants(dropbox_sim::Reveal::No);
    let own = |former: &Former| {
        grants.iter().filter(|grant| grant.account_id == former.dropbox_id).map(|grant| grant.id).max()
    };
    stack.dropbox.revoke_grant(own(&formers[1]).expect("a grant"));
    let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", accounts[1]), None).await?;
    assert_eq!(check.json()["alive"], false, "{}", check.text());
    acme.revoke(accounts[2]).await?;
    until("the revocation to be done", async || {
        acme.account(accounts[2]).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    let file = folder.grants("grants.jsonl", formers.iter().map(Former::line))?;
    let counts = import(&stack, &acme, &file, &[]).await?.good()?;
    assert_eq!(counts["refused"], json!({ "already_linked": 1, "revoked_here": 1 }), "{counts}");
    assert_eq!(counts["relinked"], 1, "{counts}");
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 3);
    assert_eq!(acme.account(accounts[1]).await?.status, AccountStatus::Active);
    acme.token(accounts[1]).await?;
    assert_eq!(acme.account(accounts[2]).await?.status, AccountStatus::Revoked);
    assert_eq!(recorded(&stack, "account.imported_again").await?, 1);
    // The new grant of the account lives on after the old one was ended.
    until("the old grant to be given up", async || {
        let left = stack.database.count("SELECT count(*) FROM revocations WHERE state = 'due'").await;
        (left.expect("a count") == 0).then_some(())
    })
    .await?;
    let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", accounts[1]), None).await?;
    assert_eq!(check.json()["alive"], true, "{}", check.text());

    // With a newer grant in the file, the account that works is still left alone.
    let newer = formers[1].again(&stack, &acme, 2);
    let file = folder.grants("newer.jsonl", [newer.line()])?;
    let counts = import(&stack, &acme, &file, &[]).await?.good()?;
    assert_eq!(counts["refused"], json!({ "already_linked": 1 }), "{counts}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_tenants_neither_import_nor_export() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let file = folder.grants("grants.jsonl", [Former::new(&stack, &acme, 1).line()])?;
    stack
        .database
        .execute("UPDATE tenants SET frozen_at = now(), frozen_reason = 'why', frozen_by = 'ops'", &[])
        .await?;
    let ran = import(&stack, &acme, &file, &[]).await?;
    assert!(!ran.good && ran.said.contains("frozen"), "{}", ran.said);
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let output = folder.path("out.age");
    let path = output.display().to_string();
    let export = ["export", "--tenant", "acme", "--recipient", &recipient, "--output", &path];
    let ran = stack.try_command(&export, None).await?;
    assert!(!ran.status.success() && !output.exists(), "a file is left");
    Ok(())
}
