//! An account of a sandbox walks through every state, and an app is told of each as it is in earnest.

use std::time::{Duration, Instant};

use anyhow::Result;
use bowline_api::v1::TenantEvent;
use bowline_tests::{PATIENCE, Receiver};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::{Value, json};

use super::{check, links, list_files, put, sandbox};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_walks_through_every_state_without_a_browser() -> Result<()> {
    let (stack, acme) = sandbox().await?;
    let receiver = Receiver::start().await?;
    acme.call(Method::POST, "/v1/webhook-endpoints", Some(json!({ "url": receiver.url() })))
        .await?
        .good::<Value>()?;
    let account = links(&acme, "user-1", "amara@example.com").await?;
    assert!(account.sandbox);
    let alive = async || check(&acme, &account).await?.good::<Value>();
    assert_eq!(alive().await?["alive"], true);
    assert_eq!(list_files(&stack, &acme, &account).await?.0, 200);

    put(&acme, &account, "missing_scope").await?;
    let (status, body) = list_files(&stack, &acme, &account).await?;
    assert_eq!((status, &body["error"][".tag"]), (401, &json!("missing_scope")));

    put(&acme, &account, "user_suspended").await?;
    let suspended = alive().await?;
    assert_eq!((&suspended["alive"], &suspended["reason"]), (&json!(false), &json!("user_suspended")));
    assert_eq!(list_files(&stack, &acme, &account).await?.1["error"][".tag"], "user_suspended");

    put(&acme, &account, "slow").await?;
    let begun = Instant::now();
    assert_eq!(alive().await?["alive"], true);
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());

    put(&acme, &account, "rate_limited").await?;
    assert_eq!(check(&acme, &account).await?.refusal(), (503, "provider_unavailable".to_owned()));
    assert_eq!(list_files(&stack, &acme, &account).await?.0, 429);

    // The grant dies, and the user links again.
    put(&acme, &account, "dead_grant").await?;
    bowline_tests::until("the account to need a new link", async || {
        let said = check(&acme, &account).await.ok()?;
        (said.status == 200).then(|| said.json()).filter(|said| said["status"] == "needs_reauth")
    })
    .await?;
    let told = receiver.gets_a("account.needs_reauth").await?;
    assert_eq!((&told.body["sandbox"], &told.body["data"]["account_id"]), (&json!(true), &json!(account.id)));
    let again = links(&acme, "user-1", "amara@example.com").await?;
    assert_eq!((again.id, again.status.as_str()), (account.id, "active"));
    put(&acme, &account, "healthy").await?;
    assert_eq!(list_files(&stack, &acme, &account).await?.0, 200);

    // The app is rejected, and works again.
    put(&acme, &account, "broken_app").await?;
    let other = acme.begin_link("user-2").await?;
    let path = format!("/v1/sandbox/link-sessions/{}/approve", other.id);
    let back: Value = acme.call(Method::POST, &path, None).await?.good()?;
    let back = bowline_tests::Returned::read(back["return_url"].as_str().unwrap_or_default())?;
    assert_eq!(acme.try_complete(&other, &back).await?.refusal().1, "connector_broken");
    receiver.gets_a("connector.broken").await?;
    put(&acme, &account, "healthy").await?;
    receiver.gets_a("connector.mended").await?;
    let sim = stack.sandbox.as_ref().ok_or_else(|| anyhow::anyhow!("no simulator"))?;
    assert!(sim.count(Operation::CheckApp) > 0);
    assert_eq!(stack.dropbox.calls().len(), 0, "Dropbox was called");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_declines_without_a_browser_and_a_session_is_approved_once() -> Result<()> {
    let (_stack, acme) = sandbox().await?;
    let link = acme.begin_link("user-1").await?;
    let path = format!("/v1/sandbox/link-sessions/{}/approve", link.id);
    let nobody = acme.call(Method::POST, &path, Some(json!({ "user": "nobody@example.com" }))).await?;
    assert_eq!(nobody.refusal(), (422, "invalid_field".to_owned()));
    let link = acme.begin_link("user-1").await?;
    let path = format!("/v1/sandbox/link-sessions/{}/approve", link.id);
    let declined: Value = acme.call(Method::POST, &path, Some(json!({ "decline": true }))).await?.good()?;
    assert!(
        declined["return_url"].as_str().unwrap_or_default().contains("error=access_denied"),
        "{declined}"
    );
    let again = acme.call(Method::POST, &path, None).await?;
    assert_eq!(again.refusal(), (409, "link_finished".to_owned()));
    assert_eq!(acme.link_status(&link).await?.0, "denied");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_of_event_is_fired() -> Result<()> {
    let (_stack, acme) = sandbox().await?;
    let receiver = Receiver::start().await?;
    let url = json!({ "url": receiver.url() });
    let endpoint: Value = acme.call(Method::POST, "/v1/webhook-endpoints", Some(url)).await?.good()?;
    let account = links(&acme, "user-1", "amara@example.com").await?;
    let link = acme.begin_link("user-2").await?;
    for kind in TenantEvent::ALL {
        let noun = kind.as_str().split('.').next().unwrap_or_default();
        let subject = match noun {
            "account" => account.id.to_string(),
            "link_session" => link.id.to_string(),
            "connector" => acme.connector.to_string(),
            _ => endpoint["id"].as_str().unwrap_or_default().to_owned(),
        };
        let body = json!({ "type": kind, "subject": subject });
        let fired: Value = acme.call(Method::POST, "/v1/sandbox/events", Some(body)).await?.good()?;
        let is_it = |one: &bowline_tests::Received| fired["event_id"] == one.id.as_str();
        let got = tokio::time::timeout(PATIENCE, receiver.gets(1, is_it)).await??;
        assert_eq!((got[0].kind(), &got[0].body["sandbox"]), (kind.as_str(), &json!(true)));
        assert_eq!(got[0].body["data"]["simulated"], true);
    }
    for (body, field) in [
        (json!({ "type": "account.lost", "subject": account.id }), "type"),
        (json!({ "type": "connector.broken", "subject": account.id }), "subject"),
    ] {
        let refused = acme.call(Method::POST, "/v1/sandbox/events", Some(body)).await?;
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!(field)));
    }
    Ok(())
}
