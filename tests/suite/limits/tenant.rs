//! A tenant's calls are limited and do not affect other tenants.

use anyhow::Result;
use bowline_api::v1::CreateLinkSession;
use bowline_tests::{Person, Stack, StackBuilder, Tenant};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{are_told_to_wait, stuck, waiting};
use crate::common::linked_on;

const BURST: u32 = 10;

fn strict() -> StackBuilder {
    Stack::builder()
        .setting("BOWLINE_LIMITS__CALLS_PER_SECOND", 1)
        .setting("BOWLINE_LIMITS__CALLS_BURST", BURST)
        .setting("BOWLINE_LIMITS__TOKENS_PER_SECOND", 1)
        .setting("BOWLINE_LIMITS__TOKENS_BURST", BURST)
}

fn link(tenant: &Tenant) -> Result<Value> {
    let challenge = Some("A".repeat(43));
    Ok(serde_json::to_value(CreateLinkSession {
        completion_challenge: challenge,
        ..tenant.link_request("user-3")
    })?)
}

/// Calls until a call is refused, which must happen; returns the seconds of `Retry-After`.
async fn flood(tenant: &Tenant, method: Method, path: &str, body: Option<Value>) -> Result<u64> {
    for _ in 0..10 * BURST {
        let answer = tenant.call(method.clone(), path, body.clone()).await?;
        if answer.status == 429 {
            assert_eq!(answer.refusal().1, "rate_limited");
            return Ok(answer.header("retry-after").parse()?);
        }
        assert!(answer.status < 400, "{}", answer.text());
    }
    anyhow::bail!("{path} was never refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_floods_is_refused_and_another_is_not() -> Result<()> {
    let (stack, acme, account) = linked_on(strict().start().await?).await?;
    let globex = Tenant::create(&stack, "globex").await?;
    let theirs = Person::new(&stack, "jonas@example.com").links(&stack, &globex, "user-2").await?;

    assert!(flood(&acme, Method::GET, "/v1/accounts", None).await? >= 1);
    assert!(flood(&acme, Method::POST, "/v1/link-sessions", Some(link(&acme)?)).await? >= 1);
    // Tokens have a separate limit, in which a batch counts once per account.
    let batch = json!({ "account_ids": vec![account.id; BURST as usize] });
    acme.token(account.id).await?;
    for path in [format!("/v1/accounts/{}/token", account.id), "/v1/users/user-1/token".to_owned()] {
        assert!(flood(&acme, Method::POST, &path, None).await? >= 1);
    }
    let refused = acme.call(Method::POST, "/v1/tokens", Some(batch.clone())).await?;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    assert!(refused.header("retry-after").parse::<u64>()? > 5, "a batch of ten waits for ten tokens");

    globex.token(theirs.id).await?;
    assert_eq!(globex.call(Method::GET, "/v1/accounts", None).await?.status, 200);
    let metrics = stack.http().get(format!("{}/metrics", stack.server(0).internal_url())).send().await?;
    assert!(metrics.text().await?.contains("bowline_limited_requests_total{limit=\"calls_of_tenant\"}"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_do_not_work_use_up_nothing_of_the_tenant_that_they_name() -> Result<()> {
    let (stack, acme, account) = linked_on(strict().start().await?).await?;
    let added =
        stack.command(&["api-key", "add", "--tenant", "acme", "--name", "old", "--json"], None).await?;
    let secret = added["secret"].as_str().unwrap_or_default();
    let old = acme.with_key(secret);
    old.token(account.id).await?;
    let id = added["id"].as_str().unwrap_or_default();
    stack.command(&["api-key", "revoke", "--tenant", "acme", "--key", id, "--json"], None).await?;
    let (most, last) = secret.split_at(secret.len() - 1);
    let forged = acme.with_key(format!("{most}{}", if last == "0" { "1" } else { "0" }));
    let path = format!("/v1/accounts/{}/token", account.id);
    // A key that has worked is counted until it is known to fail; the forged key was never issued.
    assert_eq!(old.call(Method::POST, &path, None).await?.status, 401);
    let tries = (0..2 * BURST).flat_map(|_| [&old, &forged]).map(|key| {
        let path = &path;
        async move {
            let listed = key.call(Method::GET, "/v1/accounts", None).await?;
            let token = key.call(Method::POST, path, None).await?;
            anyhow::Ok((listed.status, token.status))
        }
    });
    for tried in join_all(tries).await {
        assert_eq!(tried?, (401, 401));
    }
    acme.token(account.id).await?;
    assert_eq!(acme.call(Method::GET, "/v1/accounts", None).await?.status, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_whose_work_is_stuck_leaves_connections_for_the_others() -> Result<()> {
    let stack =
        Stack::builder().setting("BOWLINE_LIMITS__TENANT_CONNECTIONS", 2).setting("BOWLINE_POOL__SIZE", 6);
    let (stack, acme, _) = linked_on(stack.start().await?).await?;
    let globex = Tenant::create(&stack, "globex").await?;
    assert_eq!(globex.call(Method::GET, "/v1/accounts", None).await?.status, 200);
    // Creating a link session waits for the table. Reading it does not, so the server's own sweeping goes on.
    let mut holder = stack.database.superuser().await?;
    let lock = holder.transaction().await?;
    lock.batch_execute("LOCK TABLE link_sessions IN SHARE ROW EXCLUSIVE MODE").await?;
    let wanted = link(&acme)?;
    let flood = (0..20).map(|_| acme.call(Method::POST, "/v1/link-sessions", Some(wanted.clone())));
    let (answers, theirs) = tokio::join!(join_all(flood), async {
        stuck(&stack, 2).await?;
        // There are many calls, so that the flood meanwhile occupies every connection that it can get.
        let mut meanwhile = 0;
        for _ in 0..100 {
            assert_eq!(globex.call(Method::GET, "/v1/accounts", None).await?.status, 200);
            let held = waiting(&stack).await?;
            assert!(held <= 2, "the tenant whose work is stuck holds {held} of 6 connections");
            meanwhile += usize::from(held > 0);
        }
        // Stuck statements end after a while, and a tenant that had waited for that would be served as well.
        assert!(meanwhile >= 10, "only {meanwhile} calls were answered while the other tenant was stuck");
        anyhow::Ok(())
    });
    theirs?;
    are_told_to_wait(answers)?;
    lock.rollback().await?;
    Ok(())
}
