//! Test events, secrets that overlap, and sending again.

use anyhow::Result;
use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::{NewWebhookEndpoint, ResentWebhooks, WebhookTest};
use bowline_tests::{Person, Reply, until};
use reqwest::Method;
use serde_json::json;

use super::{call, log, logged, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_event_reaches_its_endpoint_alone() -> Result<()> {
    let (_stack, acme, receiver, new) = told().await?;
    let other = bowline_tests::Receiver::start().await?;
    let narrow = super::add(&acme, json!({ "url": other.url(), "events": ["account.linked"] })).await?;
    let answer = call(&acme, Method::POST, narrow.endpoint.id, "/test", None).await?;
    assert_eq!(answer.status, 202);
    let test: WebhookTest = answer.good()?;
    let message = other.gets_a("endpoint.test").await?;
    assert_eq!(message.id, test.event_id.to_string());
    assert_eq!(message.body["data"]["webhook_endpoint_id"], json!(narrow.endpoint.id));
    assert!(log(&acme, new.endpoint.id).await?.is_empty() && receiver.received().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_secrets_overlap_messages_are_signed_with_both() -> Result<()> {
    let (_stack, acme, receiver, new) = told().await?;
    let id = new.endpoint.id;
    let signatures = async |count: usize| -> Result<usize> {
        call(&acme, Method::POST, id, "/test", None).await?;
        let messages = receiver.gets(count, |one| one.kind() == "endpoint.test").await?;
        Ok(messages[count - 1].signature.split(' ').count())
    };
    assert_eq!(signatures(1).await?, 1);
    let rotated: NewWebhookEndpoint = call(&acme, Method::POST, id, "/rotate-secret", None).await?.good()?;
    assert_ne!(rotated.secret, new.secret);
    assert!(rotated.endpoint.old_secret_expires_at.is_some());
    assert_eq!(signatures(2).await?, 2);
    // Without an overlap, the old one is void at once. The first still has its hours.
    let body = Some(json!({ "overlap_hours": 0 }));
    let again: NewWebhookEndpoint = call(&acme, Method::POST, id, "/rotate-secret", body).await?.good()?;
    assert_ne!(again.secret, rotated.secret);
    assert_eq!(signatures(3).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_sent_again_one_by_one_or_all_since_a_time() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    let id = new.endpoint.id;
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let linked = receiver.gets_a("account.linked").await?;
    until("all to be delivered", async || {
        let waiting = "SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'";
        (stack.database.count(waiting).await.ok()? == 0).then_some(())
    })
    .await?;
    let all = receiver.received().len();
    let path = format!("/deliveries/{}/resend", linked.id);
    assert_eq!(call(&acme, Method::POST, id, &path, None).await?.status, 202);
    let both = receiver.gets(2, |one| one.id == linked.id).await?;
    assert_eq!(both[0].text, both[1].text);
    // Everything was accepted, so nothing is missing.
    let since = "2020-01-01T00:00:00Z";
    let body = Some(json!({ "since": since }));
    let resent: ResentWebhooks = call(&acme, Method::POST, id, "/resend", body).await?.good()?;
    assert_eq!(resent.events, 0);
    let body = Some(json!({ "since": since, "accepted_too": true }));
    let resent: ResentWebhooks = call(&acme, Method::POST, id, "/resend", body).await?.good()?;
    assert_eq!(usize::try_from(resent.events)?, all);
    receiver.gets(all * 2 + 1, |_| true).await?;
    // An endpoint that did not exist gets what it has missed.
    let late = bowline_tests::Receiver::start().await?;
    let new = super::add(&acme, json!({ "url": late.url() })).await?;
    let body = Some(json!({ "since": since }));
    call(&acme, Method::POST, new.endpoint.id, "/resend", body).await?;
    late.gets(all, |_| true).await?;
    let nobody = format!("/deliveries/{}/resend", bowline_api::EventId::from(uuid::Uuid::nil()));
    assert_eq!(call(&acme, Method::POST, id, &nobody, None).await?.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_again_while_an_attempt_runs_is_sent_again() -> Result<()> {
    let (_stack, acme, receiver, new) = told().await?;
    let id = new.endpoint.id;
    receiver.replies(|_| Reply::Held(204));
    call(&acme, Method::POST, id, "/test", None).await?;
    let first = receiver.gets_a("endpoint.test").await?;
    let path = format!("/deliveries/{}/resend", first.id);
    assert_eq!(call(&acme, Method::POST, id, &path, None).await?.status, 202);
    receiver.replies(|_| Reply::Status(204));
    receiver.release();
    let both = receiver.gets(2, |_| true).await?;
    assert_eq!((&both[1].id, &both[1].text), (&first.id, &first.text));
    let entry = until("it to be delivered", async || {
        let entry = logged(&acme, id, "endpoint.test").await.ok()?;
        (entry.state == WebhookDeliveryState::Delivered).then_some(entry)
    })
    .await?;
    assert_eq!(entry.attempts, 1, "the one that was asked for");
    Ok(())
}
