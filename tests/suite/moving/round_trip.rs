//! Two hundred grants of a former system, some of them dead, become accounts, leave in a sealed file, and become accounts of another
//! database.

use std::collections::BTreeMap;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use anyhow::{Context as _, Result};
use bowline_api::status::AccountStatus;
use bowline_tests::{Database, Stack, Tenant, files_with};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Folder, Former, import, recorded};

const ALL: usize = 200;
/// Every tenth user has disconnected the app.
const DEAD: usize = 20;
const ALIVE: i64 = 180;

fn is_dead(number: usize) -> bool {
    number % 10 == 3
}

/// Every user's account, with a token that Dropbox accepts.
async fn tokens_work(acme: &Tenant, formers: &[Former]) -> Result<()> {
    for former in formers.iter().enumerate().filter(|(number, _)| !is_dead(*number)).map(|(_, former)| former)
    {
        let path = format!("/v1/users/{}/token", former.user);
        let token: bowline_api::v1::AccessToken = acme.call(Method::POST, &path, None).await?.good()?;
        let account = acme.account(token.account_id).await?;
        assert_eq!(account.provider_account_id, former.dropbox_id);
        assert_eq!((account.status, account.missing_scopes.len()), (AccountStatus::Active.into(), 0));
        let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", account.id), None).await?;
        assert_eq!(check.json()["alive"], true, "{}", check.text());
    }
    Ok(())
}

/// The first user's account has what its line said.
async fn the_first_user_is_described(acme: &Tenant) -> Result<()> {
    let token: bowline_api::v1::AccessToken =
        acme.call(Method::POST, "/v1/users/user-0/token", None).await?.good()?;
    let first = acme.account(token.account_id).await?;
    assert_eq!((first.user_label.as_deref(), first.metadata["plan"].as_str()), (Some("Ada"), "team"));
    assert_eq!(first.assurance.to_string(), "confirmed");
    Ok(())
}

fn report(text: &str) -> Result<BTreeMap<u64, Value>> {
    let entry = |line: &str| -> Result<(u64, Value)> {
        let entry: Value = serde_json::from_str(line)?;
        Ok((entry["line"].as_u64().context("a line has its number")?, entry))
    };
    text.lines().map(entry).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grants_move_in_and_out_and_their_tokens_work() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let formers: Vec<Former> = (0..ALL).map(|number| Former::new(&stack, &acme, number)).collect();
    for former in formers.iter().enumerate().filter(|(number, _)| is_dead(*number)).map(|(_, former)| former)
    {
        assert!(stack.dropbox.revoke_grant(former.grant));
    }
    let mut lines: Vec<Value> = formers.iter().map(Former::line).collect();
    lines[0]["user_label"] = json!("Ada");
    lines[0]["metadata"] = json!({ "plan": "team" });
    lines[0]["assurance"] = json!("confirmed");
    lines.push(
        json!({ "external_user_id": "user-x", "refresh_token": "CANARY_former_x", "connector": "CANARY" }),
    );
    lines.push(json!({ "external_user_id": "user-x", "refresh_token": "unknown" }));
    let other = json!({ "provider_account_id": "dbid:another", "external_user_id": "user-y", "refresh_token": formers[0].refresh_token });
    lines.push(other);
    let file = folder.grants("grants.jsonl", lines)?;
    let told = folder.path("report.jsonl").display().to_string();

    let counts = import(&stack, &acme, &file, &["--report", &told]).await?.good()?;
    assert_eq!(counts["imported"], ALIVE, "{counts}");
    assert_eq!(counts["refused"]["refresh_token_revoked"], DEAD, "{counts}");
    assert_eq!(counts["refused"]["refresh_token_malformed"], 1, "{counts}");
    let refused = (&counts["refused"]["invalid"], &counts["refused"]["account_id_mismatch"]);
    assert_eq!(refused, (&json!(1), &json!(1)), "{counts}");
    tokens_work(&acme, &formers).await?;
    let report = report(&std::fs::read_to_string(&told)?)?;
    assert_eq!(report.len(), ALL + 3);
    assert_eq!(report[&4]["reason"], "refresh_token_revoked");
    assert!(report[&1]["account_id"].as_str().is_some_and(|id| id.starts_with("acct_")), "{}", report[&1]);
    the_first_user_is_described(&acme).await?;

    // Each account is on record and its tenant is told of it, once.
    assert_eq!(recorded(&stack, "account.imported").await?, ALIVE);
    assert_eq!(recorded(&stack, "tenant.grants_imported").await?, 1);
    let linked = "SELECT count(DISTINCT account_id) FROM webhook_events WHERE kind = 'account.linked'";
    assert_eq!(stack.database.count(linked).await?, ALIVE);
    // The same file changes nothing, and Dropbox is asked only about what was refused.
    let asked = stack.dropbox.count(Operation::GetCurrentAccount);
    let counts = import(&stack, &acme, &file, &[]).await?.good()?;
    assert_eq!((&counts["unchanged"], &counts["imported"]), (&json!(ALIVE), &json!(0)), "{counts}");
    assert_eq!(stack.dropbox.count(Operation::GetCurrentAccount), asked + 1, "of the account that differs");
    assert_eq!(recorded(&stack, "account.imported").await?, ALIVE);

    let identity = Identity::generate();
    let key = folder.path("key.txt");
    std::fs::write(&key, format!("# created for a test\n{}\n", identity.to_string().expose_secret()))?;
    let sealed = folder.path("grants.age");
    let path = sealed.display().to_string();
    let recipient = identity.to_public().to_string();
    let export = ["export", "--tenant", "acme", "--recipient", &recipient, "--output", &path, "--json"];
    let exported = stack.command(&export, None).await?;
    assert_eq!(exported, json!({ "exported": ALIVE, "left_out": 0 }));
    assert_eq!(recorded(&stack, "account.exported").await?, ALIVE);
    let named = "SELECT count(*) FROM audit_events WHERE action = 'tenant.grants_exported' AND detail->>'recipient' = '";
    assert_eq!(stack.database.count(&format!("{named}{recipient}'")).await?, 1);
    let again = stack.try_command(&export, None).await?;
    assert!(!again.status.success() && sealed.exists(), "an existing file is never overwritten");

    let verified = stack.command(&["audit", "verify", "--json"], None).await?;
    assert!(!verified.to_string().contains("false"), "{verified}");
    let canary = ["CANARY_former".to_owned(), "sl.u.CANARY".to_owned()];
    assert_eq!(files_with(stack.directory(), &canary).await?, "", "a log has a token");
    std::fs::remove_file(&file)?;
    assert_eq!(files_with(folder.0.path(), &canary).await?, "", "a report or the sealed file shows a token");

    // Another installation, in which everything but the app at Dropbox has another id.
    stack.server_mut(0).kill().await?;
    stack.serve_from(Database::fresh().await?).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let closed = import(&stack, &acme, &sealed, &[]).await?;
    assert!(!closed.good && closed.said.contains("--identity"), "{}", closed.said);
    let key = key.display().to_string();
    let counts = import(&stack, &acme, &sealed, &["--identity", &key]).await?.good()?;
    assert_eq!((&counts["imported"], &counts["refused"]), (&json!(ALIVE), &json!({})), "{counts}");
    tokens_work(&acme, &formers).await?;
    the_first_user_is_described(&acme).await?;
    Ok(())
}
