//! Work that any replica may do is done by one of them, once; and a key that is revoked at one is refused by all.

use anyhow::Result;
use bowline_tests::{Answer, Operator, Person, Stack, Tenant, until};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::json;

use crate::common::newcomer;

const REPLICAS: usize = 3;
const REVOCATIONS: i64 = 15;

async fn three() -> Result<(Stack, Tenant)> {
    let stack = Stack::builder().replicas(REPLICAS).setting("BOWLINE_LOG", "info").start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    Ok((stack, acme))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revocations_on_three_replicas_are_one_call_each() -> Result<()> {
    let (stack, acme) = three().await?;
    let calls_wanted = usize::try_from(REVOCATIONS)?;
    let mut accounts = Vec::new();
    for number in 0..REVOCATIONS {
        let user = format!("user-{number}");
        accounts.push(newcomer(&stack, &user).links(&stack, &acme, &user).await?);
    }
    assert_eq!(stack.live_grants(), calls_wanted);
    // Every replica is asked for some, and every one of them looks for all that is due.
    let calls = accounts.iter().enumerate().map(|(number, account)| {
        let there = acme.at(stack.server(number % REPLICAS).public_url());
        async move { there.revoke(account.id).await }
    });
    let answers: Vec<Answer> = futures_util::future::try_join_all(calls).await?;
    assert!(answers.iter().all(|answer| answer.status == 202));
    let done = "SELECT count(*) FROM revocations WHERE state = 'done'";
    until("all revocations to be done", async || {
        stack.database.count(done).await.ok().filter(|count| *count == REVOCATIONS)
    })
    .await?;
    assert_eq!(stack.live_grants(), 0);
    assert_eq!(stack.dropbox.count(Operation::Revoke), calls_wanted);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);
    assert_eq!(stack.database.count("SELECT sum(attempts)::bigint FROM revocations").await?, REVOCATIONS);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_at_one_replica_is_refused_by_all_with_the_next_call() -> Result<()> {
    let (stack, acme) = three().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let keys = format!("/admin/v1/tenants/{}/api-keys", tenant_id(&admin).await?);
    let made = admin.call(Method::POST, &keys, Some(json!({ "name": "leaked" }))).await?.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let leaked = acme.with_key(text(&made["secret"]));
    let everywhere: Vec<Tenant> =
        (0..REPLICAS).map(|number| leaked.at(stack.server(number).public_url())).collect();
    for there in &everywhere {
        // The second call is the one that anything cached would answer.
        there.token(account.id).await?;
        there.token(account.id).await?;
    }
    let revoked = admin.call(Method::DELETE, &format!("{keys}/{}", text(&made["id"])), None).await?;
    assert!((200..300).contains(&revoked.status), "{}", revoked.text());
    for there in &everywhere {
        let answer = there.try_token(account.id).await?;
        assert_eq!(answer.refusal(), (401, "unauthenticated".to_owned()));
    }
    Ok(())
}

async fn tenant_id(admin: &Operator) -> Result<String> {
    let tenants = admin.call(Method::GET, "/admin/v1/tenants", None).await?.json();
    Ok(tenants["items"][0]["id"].as_str().unwrap_or_default().to_owned())
}
