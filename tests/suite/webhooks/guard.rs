//! Where webhooks may go: the rows of security.md §E at the API, and no proxy. The connections themselves are tested in
//! `server/webhook/tests`.

use anyhow::{Context as _, Result};
use bowline_tests::{Operator, Receiver, Stack, Tenant, until};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{add, call, logged, reaching_this_machine};

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

/// A tenant that could tell one from the other could map the installation's own network.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_denied_looks_to_its_tenant_like_one_where_nobody_answers() -> Result<()> {
    let denying = reaching_this_machine().setting("BOWLINE_WEBHOOKS__DENY", r#"["127.0.0.2"]"#);
    let stack = denying.start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut olga = Operator::create(&stack, "olga", "viewer").await?;
    olga.log_in().await?;
    for (host, known) in [("127.0.0.2", "address_not_public"), ("127.0.0.3", "connect_failed")] {
        let id = add(&acme, json!({ "url": format!("http://{host}:1/") })).await?.endpoint.id;
        call(&acme, Method::POST, id, "/test", None).await?;
        let entry = until("the attempt to be logged", async || {
            logged(&acme, id, "endpoint.test").await.ok().filter(|entry| entry.attempts > 0)
        })
        .await?;
        assert_eq!((entry.error.as_deref(), entry.duration_ms), (Some("connect_failed"), None), "{host}");
        // As late as where nobody answers at all.
        let took = entry.attempted_at.context("it was tried")? - entry.occurred_at;
        assert!(known == "connect_failed" || took >= TimeDelta::seconds(2), "{took}");
        let path = format!("/admin/v1/tenants/acme/webhook-endpoints/{id}/deliveries");
        let seen = olga.call(Method::GET, &path, None).await?.json();
        assert_eq!(seen["items"][0]["error"], known, "{seen}");
        assert!(seen["items"][0]["duration_ms"].is_number(), "{seen}");
    }
    Ok(())
}

/// Whoever can write into the database still cannot send a tenant's events elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_url_that_was_edited_in_the_database_gets_nothing() -> Result<()> {
    let (stack, acme, receiver, new) = super::told().await?;
    let thief = Receiver::start().await?;
    stack.database.execute("UPDATE webhook_endpoints SET url = $1", &[&thief.url()]).await?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    let disabled = until("the endpoint to be disabled", async || {
        super::shown(&acme, new.endpoint.id).await.ok()?.state_reason
    })
    .await?;
    assert_eq!(disabled, "integrity_error");
    assert!(thief.received().is_empty() && receiver.received().is_empty());
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'webhook_endpoint.integrity_error'";
    assert_eq!(stack.database.count(noted).await?, 1);
    Ok(())
}
