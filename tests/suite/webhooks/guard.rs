//! Where webhooks may go: the rows of security.md §E at the API, and no proxy. The connections themselves are tested in
//! `server/webhook/tests`.

use anyhow::Result;
use bowline_tests::{Receiver, Stack, Tenant};
use reqwest::Method;
use serde_json::json;

use super::{add, call, reaching_this_machine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn urls_that_are_not_public_are_refused_when_they_are_set_and_edited() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let good = add(&acme, json!({ "url": "https://hooks.acme.example/in" })).await?;
    for host in [
        "127.1",
        "0x7f.1",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "[fc00::1]",
        "[fdff::1]",
        "localhost",
        "localhost.",
        "10.0.0.1",
        "db.internal",
    ] {
        let body = || Some(json!({ "url": format!("https://{host}/") }));
        let created = acme.call(Method::POST, "/v1/webhook-endpoints", body()).await?;
        assert_eq!(created.refusal(), (422, "invalid_field".to_owned()), "{host}");
        assert_eq!(created.json()["field"], "url");
        let edited = call(&acme, Method::PATCH, good.endpoint.id, "", body()).await?;
        assert_eq!(edited.refusal(), (422, "invalid_field".to_owned()), "{host}");
    }
    for url in ["http://hooks.acme.example/", "https://user:x@acme.example/", "ftp://acme.example/"] {
        let created = acme.call(Method::POST, "/v1/webhook-endpoints", Some(json!({ "url": url }))).await?;
        assert_eq!(created.status, 422, "{url}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxies_of_the_environment_are_not_used() -> Result<()> {
    let nowhere = "http://127.0.0.1:1";
    let mut stack = reaching_this_machine();
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        stack = stack.setting(variable, nowhere);
    }
    let stack = stack.start().await?;
    let (acme, receiver) = (Tenant::create(&stack, "acme").await?, Receiver::start().await?);
    let new = add(&acme, json!({ "url": receiver.url() })).await?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    receiver.gets_a("endpoint.test").await?;
    Ok(())
}

/// Whoever can write into the database still cannot send a tenant's events elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_url_that_was_edited_in_the_database_gets_nothing() -> Result<()> {
    let (stack, acme, receiver, new) = super::told().await?;
    let thief = Receiver::start().await?;
    stack.database.execute("UPDATE webhook_endpoints SET url = $1", &[&thief.url()]).await?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    let disabled = bowline_tests::until("the endpoint to be disabled", async || {
        super::shown(&acme, new.endpoint.id).await.ok()?.state_reason
    })
    .await?;
    assert_eq!(disabled, "integrity_error");
    assert!(thief.received().is_empty() && receiver.received().is_empty());
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'webhook_endpoint.integrity_error'";
    assert_eq!(stack.database.count(noted).await?, 1);
    Ok(())
}
