//! What a tenant is told, and what becomes of endpoints that do not accept it.

use anyhow::Result;
use bowline_api::status::{WebhookDeliveryState, WebhookState};
use bowline_tests::{Operator, Person, Reply, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, call, gets_at_last, logged, reaching_this_machine, shown, told};
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_tells_its_funnel_and_an_account_its_life() -> Result<()> {
    let (stack, acme, receiver, _) = told().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let linked = receiver.gets_a("account.linked").await?;
    let data = &linked.body["data"];
    assert_eq!(data["account_id"], json!(account.id));
    assert_eq!(data["connector_id"], json!(acme.connector));
    assert_eq!(data["external_user_id"], "user-1");
    assert_eq!(data["provider_account_id"], json!(account.provider_account_id));
    assert_eq!((&data["status"], &data["number"]), (&json!("active"), &json!(1)));
    assert_eq!(linked.body["id"], json!(linked.id), "the body names the message");
    let completed = receiver.gets_a("link_session.completed").await?;
    assert_eq!(completed.body["data"]["account_id"], json!(account.id));
    assert_eq!(completed.body["data"]["link_session_id"], data["link_session_id"]);
    for kind in ["link_session.started", "link_session.returned"] {
        assert_eq!(receiver.gets_a(kind).await?.body["data"]["external_user_id"], "user-1");
    }
    // What an operator writes is for operators.
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let words = "the CANARY of an operator";
    for (number, act, words, kind, status, reason) in [
        (2, "suspend", words, "account.suspended", "suspended", json!("suspended_by_operator")),
        (3, "resume", words, "account.resumed", "active", Value::Null),
        // The words that the server keeps when the tenant revokes say nothing if an operator writes them.
        (4, "revoke", "deleted by the tenant", "account.revoked", "revoking", json!("revoked_by_operator")),
    ] {
        let path = format!("/admin/v1/accounts/{}/{act}", account.id);
        let body = json!({ "reason": words });
        olga.call(Method::POST, &path, Some(body)).await?.good::<Value>()?;
        let told = receiver.gets_a(kind).await?;
        let data = &told.body["data"];
        assert_eq!((told.number(), &data["status"], &data["reason"]), (number, &json!(status), &reason));
        assert_eq!(json!(acme.account(account.id).await?.status_reason), reason, "{act}");
    }
    // A denied link is told as well, with its reason.
    let link = acme.begin_link("user-2").await?;
    Person::new(&stack, "jonas@example.com").declines(&stack, &link).await?;
    let denied = receiver.gets_a("link_session.denied").await?;
    assert_eq!(denied.body["data"]["link_session_id"], json!(link.id));
    let all: String = receiver.received().iter().map(|one| one.text.as_str()).collect();
    assert!(!all.contains("CANARY"), "{all}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_accepted_is_sent_again_with_the_same_id_and_logged() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    let id = new.endpoint.id;
    receiver.replies(|_| Reply::With(500, String::new(), format!("no\0 {}", "x".repeat(5_000))));
    acme.begin_link("user-1").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let first = receiver.gets_a("account.linked").await?;
    let entry = until("the attempt to be logged", async || {
        logged(&acme, id, "account.linked").await.ok().filter(|entry| entry.attempts == 1)
    })
    .await?;
    assert_eq!((entry.state.known(), entry.status), (Some(WebhookDeliveryState::Waiting), Some(500)));
    let answer = entry.answer.unwrap_or_default();
    assert!(answer.starts_with("no\u{fffd} xxx") && answer.len() < 1_100, "{answer}");
    assert!(entry.next_attempt_at.is_some_and(|at| at > entry.occurred_at));
    assert!(shown(&acme, id).await?.failing_since.is_some());
    receiver.replies(|_| Reply::Status(200));
    let both = gets_at_last(&stack, &receiver, 2, |one| one.kind() == "account.linked").await?;
    assert_eq!((&both[1].id, &both[1].text), (&first.id, &first.text));
    let entry = until("it to be delivered", async || {
        let entry = logged(&acme, id, "account.linked").await.ok()?;
        (entry.state == WebhookDeliveryState::Delivered).then_some(entry)
    })
    .await?;
    assert_eq!((entry.attempts >= 2, entry.status, entry.error), (true, Some(200), None));
    assert_eq!(entry.event_id.to_string(), first.id);
    assert!(shown(&acme, id).await?.failing_since.is_none());
    // The record and the message are of one transaction.
    assert_eq!(first.body["data"]["account_id"], json!(account.id));
    let same = "SELECT count(*) FROM webhook_events w JOIN audit_events a USING (tenant_id, id)";
    let all = "SELECT count(*) FROM webhook_events";
    assert_eq!(stack.database.count(same).await?, stack.database.count(all).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_three_days_an_event_is_skipped_and_the_gap_can_be_seen() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    receiver.replies(|one| Reply::Status(if one.kind() == "account.linked" { 500 } else { 200 }));
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    receiver.gets_a("account.linked").await?;
    acme.revoke(account.id).await?;
    let age = "UPDATE webhook_deliveries SET queued_at = now() - interval '73 hours', next_at = now() WHERE sequence = (
                   SELECT sequence FROM webhook_events WHERE kind = 'account.linked')";
    // The attempt may be written down only after the row was aged.
    until("the event to be skipped", async || {
        let entry = logged(&acme, new.endpoint.id, "account.linked").await.ok()?;
        if entry.state == WebhookDeliveryState::Skipped {
            return Some(());
        }
        stack.database.execute(age, &[]).await.ok();
        None
    })
    .await?;
    let revoked = receiver.gets_a("account.revoked").await?;
    assert_eq!(revoked.number(), 2, "number 1 was never accepted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_gone_or_fails_for_ten_days_is_disabled() -> Result<()> {
    let stack = reaching_this_machine().start().await?;
    let acme = bowline_tests::Tenant::create(&stack, "acme").await?;
    let mut olga = Operator::create(&stack, "olga", "viewer").await?;
    olga.log_in().await?;
    for (status, reason) in [(410, "gone"), (500, "failing")] {
        let receiver = bowline_tests::Receiver::start().await?;
        let new = add(&acme, json!({ "url": receiver.url() })).await?;
        receiver.replies(move |_| Reply::Status(status));
        if reason == "failing" {
            let long = "UPDATE webhook_endpoints SET failing_since = now() - interval '10 days' WHERE state = 'enabled'";
            stack.database.execute(long, &[]).await?;
        }
        call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
        let disabled = until("the endpoint to be disabled", async || {
            let now = shown(&acme, new.endpoint.id).await.ok()?;
            (now.state == WebhookState::Disabled).then_some(now)
        })
        .await?;
        assert_eq!(disabled.state_reason.as_deref(), Some(reason));
        let path = format!(
            "/admin/v1/audit?tenant=acme&action=webhook_endpoint.disabled&subject={}",
            new.endpoint.id
        );
        let page = olga.call(Method::GET, &path, None).await?.json();
        assert_eq!(page["items"][0]["detail"]["reason"], reason, "{page}");
        let before = receiver.received().len();
        // It is told of nothing until it is enabled.
        acme.begin_link("user-1").await?;
        Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
        assert_eq!(receiver.received().len(), before);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_old_url_answers_decides_nothing_about_the_new_one() -> Result<()> {
    let (_stack, acme, old, new) = told().await?;
    let (id, receiver) = (new.endpoint.id, bowline_tests::Receiver::start().await?);
    old.replies(|_| Reply::Held(410));
    call(&acme, Method::POST, id, "/test", None).await?;
    old.gets_a("endpoint.test").await?;
    let moved = call(&acme, Method::PATCH, id, "", Some(json!({ "url": receiver.url() }))).await?;
    assert_eq!(moved.status, 200);
    old.release();
    let entry = until("the attempt to be written down", async || {
        logged(&acme, id, "endpoint.test").await.ok().filter(|entry| entry.attempts == 1)
    })
    .await?;
    assert_eq!((entry.state, entry.status), (WebhookDeliveryState::Waiting.into(), Some(410)));
    let shown = shown(&acme, id).await?;
    assert_eq!((shown.state, shown.failing_since), (WebhookState::Enabled.into(), None));
    call(&acme, Method::POST, id, &format!("/deliveries/{}/resend", entry.event_id), None).await?;
    receiver.gets_a("endpoint.test").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_gets_the_types_and_the_connector_that_it_wants() -> Result<()> {
    let (stack, acme, all, _) = told().await?;
    let (some, own) = (bowline_tests::Receiver::start().await?, bowline_tests::Receiver::start().await?);
    add(&acme, json!({ "url": some.url(), "events": ["account.linked", "account.revoked"] })).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    some.gets_a("account.linked").await?;
    all.gets_a("link_session.completed").await?;
    assert_eq!(some.kinds(), ["account.linked"]);
    // An endpoint of the connector takes its events from all others.
    add(&acme, json!({ "url": own.url(), "connector": acme.connector })).await?;
    acme.revoke(account.id).await?;
    own.gets_a("account.revoked").await?;
    assert!(!all.kinds().iter().chain(&some.kinds()).any(|kind| kind == "account.revoked"));
    Ok(())
}
