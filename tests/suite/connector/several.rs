//! Several connectors of a tenant: the default, a flow that stays at its own, and removal.

use anyhow::Result;
use bowline_tests::{Operator, Person, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::future::try_join;
use reqwest::Method;
use serde_json::{Value, json};

use super::{edit, managed, path};
use crate::common::a_call_is_held;

const ALL: &str = "/admin/v1/tenants/acme/connectors";

/// Adds another connector to acme. Returns its id.
async fn second(admin: &Operator, acme: &Tenant, app_key: &str) -> Result<String> {
    let wanted = json!({
        "name": "Acme Albums", "app_key": app_key, "app_secret": "albums-CANARY_app_secret",
        "scopes": ["account_info.read", "files.metadata.read"], "return_urls": [acme.return_url],
    });
    let added: Value = admin.call(Method::POST, ALL, Some(wanted)).await?.good()?;
    assert_eq!(added["is_default"], false);
    Ok(added["id"].as_str().unwrap_or_default().to_owned())
}

async fn default(admin: &Operator) -> Result<Vec<Value>> {
    let all: Value = admin.call(Method::GET, ALL, None).await?.good()?;
    let all = all["items"].as_array().cloned().unwrap_or_default();
    Ok(all.into_iter().filter(|one| one["is_default"] == true).map(|one| one["id"].clone()).collect())
}

/// The connector of a link session that names none.
async fn used(acme: &Tenant, user: &str) -> Result<Value> {
    let link = acme.begin_link(user).await?;
    let session = acme.call(Method::GET, &format!("/v1/link-sessions/{}", link.id), None).await?;
    Ok(session.json()["connector_id"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_connector_breaks_no_button_and_becomes_the_default_when_it_is_told_to() -> Result<()> {
    let (_stack, acme, admin) = managed().await?;
    let first = json!(acme.connector);
    assert_eq!(used(&acme, "user-1").await?, first);
    let other = second(&admin, &acme, "albums-key").await?;
    assert_eq!((used(&acme, "user-1").await?, default(&admin).await?), (first.clone(), vec![first.clone()]));
    let edit_other = format!("{ALL}/{other}");
    let refused = edit(&admin, &acme, json!({ "is_default": false })).await?;
    assert_eq!(refused.json()["field"], "is_default");
    for _ in 0..2 {
        let made = admin.call(Method::PATCH, &edit_other, Some(json!({ "is_default": true }))).await?;
        assert_eq!(made.good::<Value>()?["is_default"], true);
    }
    assert_eq!((used(&acme, "user-1").await?, default(&admin).await?), (json!(other), vec![json!(other)]));
    assert_eq!(edit(&admin, &acme, json!({ "is_default": true })).await?.status, 200);
    assert_eq!((used(&acme, "user-1").await?, default(&admin).await?), (first.clone(), vec![first]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_for_one_connector_is_nothing_at_another_of_the_same_tenant() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let other = second(&admin, &acme, "albums-key").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let elsewhere = callback.replace(&acme.connector.to_string(), &other);
    assert_eq!(amara.visit(&elsewhere).await?.status, 400);
    assert_eq!(acme.link_status(&link).await?.0, "authorizing");
    amara.come_back(&callback).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_with_accounts_is_removed_only_with_them_and_its_app_key_is_free_again() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let begun = acme.begin_link("user-2").await?;
    let other = second(&admin, &acme, "albums-key").await?;
    let remove = async |change: Value| {
        admin.call(Method::POST, &format!("{}/remove", path(&acme)), Some(change)).await
    };
    let reason = "the app is retired";
    let refused = remove(json!({ "reason": reason, "new_default": other })).await?;
    assert_eq!(refused.refusal(), (409, "invalid_state".to_owned()));
    assert!(refused.text().contains("revoke_accounts"), "{}", refused.text());
    let refused = remove(json!({ "reason": reason, "revoke_accounts": true })).await?;
    assert!(refused.status == 409 && refused.text().contains(&other), "{}", refused.text());
    let refused =
        remove(json!({ "reason": reason, "revoke_accounts": true, "new_default": acme.connector })).await?;
    assert_eq!(refused.json()["field"], "new_default");
    acme.token(account.id).await?;

    let done = remove(json!({ "reason": reason, "revoke_accounts": true, "new_default": other })).await?;
    assert_eq!(done.status, 204, "{}", done.text());
    stack.wait_for_live_grants(0).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    assert_eq!((used(&acme, "user-3").await?, default(&admin).await?), (json!(other), vec![json!(other)]));
    assert_eq!(Person::new(&stack, "mei@example.org").visit(&begun.url).await?.status, 403);
    let gone = remove(json!({ "reason": reason })).await?;
    assert_eq!(gone.refusal(), (404, "not_found".to_owned()));
    assert_eq!(edit(&admin, &acme, json!({ "name": "x" })).await?.status, 404);
    let enable = format!("{}/enable", path(&acme));
    assert_eq!(admin.call(Method::POST, &enable, Some(json!({ "reason": reason }))).await?.status, 404);
    let mut named = serde_json::to_value(acme.link_request("user-4"))?;
    named["completion_challenge"] = json!("A".repeat(43));
    named["connector"] = json!(acme.connector);
    assert_eq!(acme.call(Method::POST, "/v1/link-sessions", Some(named)).await?.status, 403);
    // A connector without accounts, from the command line; the last one needs no other default.
    second(&admin, &acme, &acme.app_key).await?;
    let again = ["connector", "remove", "--tenant", "acme", "--reason", reason, "--json", "--connector"];
    let refused = stack.try_command(&[&again[..], &[&other]].concat(), None).await?;
    assert!(!refused.status.success(), "it is the default");
    let log: Value = admin.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let removed: Vec<&Value> = log["items"]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter(|item| item["action"] == "connector.removed")
                .map(|item| &item["detail"])
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(removed, [&json!({ "reason": reason, "accounts": 1, "new_default": other })]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_completion_links_nothing_through_a_connector_that_is_removed_meanwhile() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let returned = amara.approves(&stack, &link).await?;
    let held = FaultSpec::new(FaultKind::Pause).on(Operation::GetCurrentAccount).times(1);
    let fault = stack.dropbox.set_fault(held);
    let removal = async {
        a_call_is_held(&stack).await;
        let reason = json!({ "reason": "the app is retired", "revoke_accounts": true });
        let done = admin.call(Method::POST, &format!("{}/remove", path(&acme)), Some(reason)).await?;
        assert_eq!(done.status, 204, "{}", done.text());
        assert_eq!(stack.live_grants(), 1, "the completion has it");
        stack.dropbox.clear_fault(fault);
        Ok(())
    };
    let (answer, ()) = try_join(acme.try_complete(&link, &returned), removal).await?;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (409, Some("connector_disabled")));
    let page = amara.visit(answer.json()["outcome_url"].as_str().unwrap_or_default()).await?;
    assert!(page.text().contains("Linking is switched off for now"), "{}", page.text());
    assert!(acme.accounts().await?.is_empty());
    stack.wait_for_live_grants(0).await
}
