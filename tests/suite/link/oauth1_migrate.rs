//! Accounts of OAuth 1.0 move to OAuth 2 by the provider's own call, one or all of a connector, and keep their ids.

use anyhow::Result;
use bowline_api::status::{AccountStatus, Protocol};
use bowline_api::v1::OAuth1Token;
use bowline_tests::{Operator, Person, Stack, Tenant, until};
use dropbox_sim::Operation;
use serde_json::{Value, json};

use super::oauth1::tenant;
use crate::common::out_of_order;

/// Adds a connector of OAuth 2 for the app of a tenant of OAuth 1.
async fn oauth2_connector(stack: &Stack, acme: &Tenant, app_key: &str) -> Result<String> {
    let mut add = vec!["connector", "add", "--tenant", &acme.slug, "--name", "Acme", "--app-key", app_key];
    add.extend(["--app-secret-stdin", "--return-url", "https://photos.example/linked", "--json"]);
    add.extend(["--scope", "account_info.read", "--scope", "files.metadata.read"]);
    let added = stack.command(&add, Some(&acme.app_secret)).await?;
    Ok(added["id"].as_str().unwrap_or_default().to_owned())
}

async fn migrate(stack: &Stack, acme: &Tenant, to: &str, more: &[&str]) -> Result<(bool, Value, String)> {
    let from = acme.connector.to_string();
    let run = ["connector", "migrate", "--tenant", &acme.slug, "--from", &from, "--to", to, "--json"];
    let output = stack.try_command(&[&run[..], more].concat(), None).await?;
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok((output.status.success(), report, String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_moves_to_oauth_2_and_keeps_its_id() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let old: OAuth1Token = acme.try_token(account.id).await?.good()?;
    let stranger = oauth2_connector(&stack, &acme, "another-key").await?;
    let id = account.id.to_string();
    let (good, _, said) = migrate(&stack, &acme, &stranger, &["--account", &id]).await?;
    assert!(!good && said.contains("the same app key"), "{said}");
    let to = oauth2_connector(&stack, &acme, &acme.app_key).await?;
    let mistyped =
        ["connector", "migrate", "--tenant", &acme.slug, "--from", &to, "--to", &to, "--account", &id];
    let refused = stack.try_command(&mistyped, None).await?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("another connector"), "{said}");
    let (good, report, said) = migrate(&stack, &acme, &to, &["--account", &id]).await?;
    assert!(good && report == json!({ "moved": 1, "failed": [] }), "{report} {said}");

    let now = acme.account(account.id).await?;
    assert_eq!((now.protocol, now.connector_id.to_string()), (Protocol::OAuth2.into(), to.clone()));
    assert_eq!((now.status, now.external_user_id.as_str()), (AccountStatus::Active.into(), "user-1"));
    assert!(now.provider_account_id.starts_with("dbid:") && now.email == "amara@example.com", "{now:?}");
    let token = acme.token(account.id).await?;
    assert!(token.expires_at.is_none() && token.access_token.starts_with("sl."));
    let check = acme.call(reqwest::Method::POST, &format!("/v1/accounts/{id}/check"), None).await?;
    assert_eq!(check.json()["alive"], true, "{}", check.text());
    // The token of OAuth 1 ends, and only that.
    stack.wait_for_live_grants(1).await?;
    assert_ne!(token.access_token, old.oauth_token);
    let migrated = "SELECT count(*) FROM audit_events WHERE action = 'account.migrated'";
    assert_eq!(stack.database.count(migrated).await?, 1);
    assert_eq!(stack.database.count("SELECT generation FROM accounts").await?, 2);
    assert_eq!(
        stack.database.count("SELECT count(*) FROM oauth1_tokens WHERE ending_until IS NULL").await?,
        0
    );
    let (good, report, _) = migrate(&stack, &acme, &to, &[]).await?;
    assert!(good && report["moved"] == 0, "{report}");

    // Another account, over the admin API.
    let other = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let path = format!("/admin/v1/accounts/{}/migrate", other.id);
    let body = json!({ "to": to, "reason": "OAuth 1 ends in June" });
    let moved = operator.call(reqwest::Method::POST, &path, Some(body.clone())).await?;
    assert_eq!(moved.status, 200, "{}", moved.text());
    assert_eq!((&moved.json()["protocol"], &moved.json()["connector_id"]), (&json!("oauth2"), &json!(to)));
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.migrated' AND detail->>'reason' = 'OAuth 1 ends in June'";
    assert_eq!(stack.database.count(told).await?, 1);
    let again = operator.call(reqwest::Method::POST, &path, Some(body)).await?;
    assert_eq!((again.status, again.json()["field"].as_str()), (422, Some("to")));
    stack.wait_for_live_grants(2).await?;
    acme.revoke(other.id).await?;
    acme.revoke(account.id).await?;
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_moves_in_several_runs_and_loses_no_account() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let mut accounts = Vec::new();
    for user in ["user-1", "user-2", "user-3"] {
        accounts.push(amara.links(&stack, &acme, user).await?.id);
    }
    acme.revoke(accounts[2]).await?;
    let to = oauth2_connector(&stack, &acme, &acme.app_key).await?;
    // One call fails, and the new token of another cannot be read and is ended again.
    stack.dropbox.set_fault(out_of_order(Operation::TokenFromOAuth1).times(1));
    stack.dropbox.set_fault(out_of_order(Operation::GetCurrentAccount).times(1));
    let (good, report, said) = migrate(&stack, &acme, &to, &[]).await?;
    assert!(!good && report["moved"] == 0 && said.contains("run the command again"), "{report} {said}");
    let failed: Vec<&str> =
        report["failed"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(failed, ["provider_unavailable"; 2]);
    for id in &accounts[..2] {
        acme.try_token(*id).await?.good::<OAuth1Token>()?;
    }
    stack.wait_for_live_grants(2).await?;
    let (good, report, said) = migrate(&stack, &acme, &to, &[]).await?;
    assert!(good && report["moved"] == 2, "{report} {said}");
    assert!(said.contains("2 accounts moved"), "{said}");
    for id in &accounts[..2] {
        assert_eq!(acme.account(*id).await?.protocol, Protocol::OAuth2);
        acme.token(*id).await?;
    }
    until("the old tokens to end", async || (stack.live_grants() == 2).then_some(())).await?;
    assert_eq!(acme.account(accounts[2]).await?.protocol, Protocol::OAuth1, "a revoked account stays");
    Ok(())
}
