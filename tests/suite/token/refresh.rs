//! When a token is returned unchanged, when it is refreshed, and whose it is.

use anyhow::Result;
use bowline_api::v1::AccessToken;
use bowline_tests::{Person, Stack, Tenant, until};
use dropbox_sim::{Operation, Reveal};
use reqwest::Method;
use serde_json::json;

use crate::common::{linked, linked_on, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_lives_long_enough_is_handed_out_without_asking_dropbox() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let token = acme.token(account.id).await?;
    assert_eq!(token.access_token, acme.token(account.id).await?.access_token);
    assert_eq!((token.token_type.as_str(), token.degraded), ("bearer", false));
    assert_eq!(token.provider_account_id, account.provider_account_id);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);

    set_token_life(&stack, account.id, 200).await?;
    assert_eq!(
        acme.try_token_for(account.id, 100).await?.good::<AccessToken>()?.access_token,
        token.access_token
    );
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);
    let fresh: AccessToken = acme.try_token_for(account.id, 201).await?.good()?;
    assert_ne!(fresh.access_token, token.access_token);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    for bad in [
        json!({ "min_ttl": 3601 }),
        json!({ "min_ttl": -1 }),
        json!({ "min_ttl": "x" }),
        json!({ "other": 1 }),
    ] {
        let answer =
            acme.call(Method::POST, &format!("/v1/accounts/{}/token", account.id), Some(bad)).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_is_refreshed_and_the_new_one_works_at_dropbox() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let old = acme.token(account.id).await?.access_token;
    set_token_life(&stack, account.id, 0).await?;
    let answer = acme.try_token(account.id).await?;
    assert_eq!(answer.header("cache-control"), "no-store");
    let fresh: AccessToken = answer.good()?;
    assert_ne!(fresh.access_token, old);
    assert!(answer.json().get("refresh_token").is_none());
    let grant = stack.dropbox.grants(Reveal::Tokens).remove(0);
    assert_eq!(
        grant.tokens.and_then(|tokens| tokens.access_tokens.last().cloned()),
        Some(fresh.access_token.clone())
    );
    let who = stack
        .http()
        .post(format!("{}/2/users/get_current_account", stack.dropbox.http_url()))
        .bearer_auth(&fresh.access_token)
        .send()
        .await?;
    assert_eq!(who.status().as_u16(), 200);
    assert_eq!(acme.token(account.id).await?.access_token, fresh.access_token);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    Ok(())
}

async fn one_refresh_for_a_thousand(replicas: usize) -> Result<()> {
    // A debug build on a busy machine: callers may wait longer for the database than usual.
    let stack = Stack::builder().replicas(replicas).setting("BOWLINE_POOL__WAIT_SECONDS", 60).start().await?;
    let (stack, acme, account) = linked_on(stack).await?;
    set_token_life(&stack, account.id, 0).await?;
    let pause = dropbox_sim::FaultSpec::new(dropbox_sim::FaultKind::Pause).on(Operation::TokenRefresh);
    let pause = stack.dropbox.set_fault(pause);
    let calls = (0..1_000).map(|number| {
        let caller = acme.at(stack.server(number % replicas).public_url());
        async move { caller.token(account.id).await }
    });
    let release = async {
        let parked = |call: &dropbox_sim::Call| call.state == dropbox_sim::CallState::Parked;
        let came = stack.dropbox.wait_for_calls(1, bowline_tests::PATIENCE, parked).await;
        stack.dropbox.clear_fault(pause);
        anyhow::ensure!(came, "no caller refreshed the token");
        Ok(())
    };
    let (tokens, ()) =
        futures_util::future::try_join(futures_util::future::try_join_all(calls), release).await?;
    let first = &tokens[0].access_token;
    assert!(tokens.iter().all(|token| token.access_token == *first && !token.degraded));
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_for_one_expired_token_are_one_refresh() -> Result<()> {
    one_refresh_for_a_thousand(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_on_two_replicas_are_one_refresh() -> Result<()> {
    one_refresh_for_a_thousand(2).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_of_a_user_is_that_of_their_only_active_account() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let ask = async |user: &str| acme.call(Method::POST, &format!("/v1/users/{user}/token"), None).await;
    assert_eq!(ask("user-1").await?.good::<AccessToken>()?.account_id, account.id);
    assert_eq!(ask("nobody").await?.refusal(), (404, "not_found".to_owned()));
    assert_eq!(
        ask("USER-1").await?.refusal(),
        (404, "not_found".to_owned()),
        "names are compared byte for byte"
    );

    let second = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-1").await?;
    let answer = ask("user-1").await?;
    assert_eq!(answer.refusal(), (409, "ambiguous_account".to_owned()));
    let mut told: Vec<String> = serde_json::from_value(answer.json()["account_ids"].clone())?;
    let mut both = vec![account.id.to_string(), second.id.to_string()];
    told.sort();
    both.sort();
    assert_eq!(told, both);
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    assert_eq!(ask("user-1").await?.good::<AccessToken>()?.account_id, second.id);

    Person::new(&stack, "mei@example.org").links(&stack, &acme, "ü/ä?#%2F").await?;
    ask("%C3%BC%2F%C3%A4%3F%23%252F").await?.good::<AccessToken>()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_held_a_token_is_on_record_before_the_token_leaves() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let issues = "SELECT coalesce(sum(issues), 0)::bigint FROM token_holdings";
    assert_eq!(stack.database.count(issues).await?, 0);
    acme.token(account.id).await?;
    assert_eq!(stack.database.count(issues).await?, 1);
    acme.token(account.id).await?;
    acme.token(account.id).await?;
    until("the repeats to be counted", async || {
        stack.database.count(issues).await.ok().filter(|count| *count == 3)
    })
    .await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await?;
    assert_eq!(
        stack.database.count("SELECT count(*) FROM token_holdings").await?,
        2,
        "each generation has its own row"
    );

    // If the issue cannot be recorded, the token is not returned.
    set_token_life(&stack, account.id, 0).await?;
    stack
        .database
        .execute("REVOKE INSERT ON token_holdings FROM bowline_server, bowline_tokens", &[])
        .await?;
    let answer = acme.try_token(account.id).await?;
    assert!(answer.status >= 500 && !answer.text().contains("CANARY"), "{}", answer.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoke_while_a_refresh_is_under_way_wins() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    let pause =
        dropbox_sim::FaultSpec::new(dropbox_sim::FaultKind::Pause).on(Operation::TokenRefresh).times(1);
    let pause = stack.dropbox.set_fault(pause.after());
    let revoke = async {
        let parked = |call: &dropbox_sim::Call| call.state == dropbox_sim::CallState::Parked;
        assert!(stack.dropbox.wait_for_calls(1, bowline_tests::PATIENCE, parked).await);
        let answer = acme.revoke(account.id).await?;
        stack.dropbox.clear_fault(pause);
        Ok(answer)
    };
    let (token, revoked) = futures_util::future::try_join(acme.try_token(account.id), revoke).await?;
    assert_eq!(revoked.status, 202);
    assert_eq!(token.refusal(), (410, "account_revoked".to_owned()));
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_with_the_same_user_name_have_each_their_own() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let theirs = Person::new(&stack, "amara@example.com").links(&stack, &other, "user-1").await?;
    assert_ne!(theirs.id, account.id);
    assert_ne!(acme.token(account.id).await?.access_token, other.token(theirs.id).await?.access_token);
    Ok(())
}
