//! Changes between a call's read and its answer take effect.

use std::time::Duration;

use anyhow::Result;
use bowline_api::v1::{AccessToken, Tokens};
use bowline_tests::{Stack, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::future::{try_join, try_join_all};
use reqwest::Method;
use serde_json::json;

use crate::common::{a_call_is_held, break_once, linked, linked_on, out_of_order, set_token_life};

/// Makes Dropbox hold every refresh from now on.
fn hold_refreshes(stack: &Stack) -> u64 {
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh))
}

/// Dropbox's new token is stored although the connection breaks at the first attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_outlives_the_connection_that_was_to_keep_it() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    break_once(&stack.database, "TRIGGER once BEFORE UPDATE OF generation ON accounts").await?;
    set_token_life(&stack, account.id, 0).await?;
    let token = acme.token(account.id).await?;
    assert!(!token.degraded);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    assert_eq!(stack.database.count("SELECT last_value FROM tries").await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_while_dropbox_is_asked_gets_no_token_of_any_kind() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let path = format!("/v1/accounts/{}/token", account.id);
    for body in [json!({}), json!({ "scopes": ["files.metadata.read"] }), json!({ "min_ttl": 3600 })] {
        let add = ["api-key", "add", "--tenant", "acme", "--name", "brief", "--json"];
        let made = stack.command(&add, None).await?;
        let (id, secret) =
            (made["id"].as_str().unwrap_or_default(), made["secret"].as_str().unwrap_or_default());
        let brief = acme.with_key(secret);
        set_token_life(&stack, account.id, if body["scopes"].is_null() { 0 } else { 10_000 }).await?;
        let fault = hold_refreshes(&stack);
        let revoke = async {
            a_call_is_held(&stack).await;
            stack.command(&["api-key", "revoke", "--tenant", "acme", "--key", id, "--json"], None).await?;
            stack.dropbox.clear_fault(fault);
            Ok(())
        };
        let (answer, ()) = try_join(brief.call(Method::POST, &path, Some(body.clone())), revoke).await?;
        assert_eq!(answer.refusal(), (401, "unauthenticated".to_owned()), "{body}");
    }
    let held =
        "SELECT count(*) FROM token_holdings h JOIN api_keys k ON k.id = h.api_key_id WHERE k.name = 'brief'";
    assert_eq!(stack.database.count(held).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_first_issues_at_once_each_is_counted() -> Result<()> {
    let (stack, acme, account) = linked_on(super::patient(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    set_token_life(&stack, account.id, 0).await?;
    let calls = (0..60).map(|number| if number % 2 == 0 { &acme } else { &there }.token(account.id));
    let tokens = try_join_all(calls).await?;
    let issues = "SELECT sum(issues)::bigint FROM token_holdings WHERE generation = 2";
    until("every issue to be counted", async || {
        (stack.database.count(issues).await.ok()? == i64::try_from(tokens.len()).ok()?).then_some(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_issues_and_those_who_change_the_account_do_not_wait_for_each_other() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let mut other = stack.database.superuser().await?;
    // Another client changes the account and hangs.
    let change = other.transaction().await?;
    let lock = "SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE";
    change.execute(lock, &[&account.id.uuid()]).await?;
    acme.token(account.id).await?;
    change.rollback().await?;
    // Another client records a first issue and hangs.
    let record = other.transaction().await?;
    record.execute("SELECT FROM accounts WHERE id = $1 FOR KEY SHARE", &[&account.id.uuid()]).await?;
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    record.rollback().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forced_refresh_never_returns_the_old_token_and_a_failure_does_not_count() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let path = format!("/v1/accounts/{}/token/refresh", account.id);
    let force = async || acme.call(Method::POST, &path, None).await;
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    // The token is valid, but for less than the minimum that is requested.
    set_token_life(&stack, account.id, 200).await?;
    assert_eq!(force().await?.refusal(), (503, "provider_unavailable".to_owned()));
    let no_cool_down = "UPDATE refresh_leases SET cool_down_until = NULL";
    stack.database.execute(no_cool_down, &[]).await?;
    set_token_life(&stack, account.id, 10_000).await?;
    assert_eq!(force().await?.refusal(), (503, "provider_unavailable".to_owned()));
    stack.database.execute(no_cool_down, &[]).await?;
    stack.dropbox.clear_fault(fault);
    force().await?.good::<AccessToken>()?;
    assert_eq!(force().await?.refusal(), (429, "refresh_limited".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_that_has_to_wait_is_told_how_long() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    stack
        .dropbox
        .set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 77 }).on(Operation::TokenRefresh));
    let body = json!({ "account_ids": [account.id] });
    let tokens: Tokens = acme.call(Method::POST, "/v1/tokens", Some(body)).await?.good()?;
    let problem = tokens.items[0].problem.as_ref().expect("no token is available");
    assert_eq!(problem.code, "provider_unavailable");
    let wait = Duration::from_secs(problem.extra["retry_after"].as_u64().unwrap_or_default());
    assert!((Duration::from_secs(70)..=Duration::from_secs(77)).contains(&wait), "{wait:?}");
    Ok(())
}
