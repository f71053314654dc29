//! The server is killed between Dropbox's answer and its own commit.

use anyhow::Result;
use bowline_tests::{Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::StreamExt as _;

use crate::common::a_call_is_held;

/// Kills the server while a completion waits for `fault`, starts it again, and ends the claim of the killed process.
async fn killed_in_mid_completion(
    stack: &mut Stack,
    acme: &Tenant,
    fault: FaultSpec,
) -> Result<(bowline_tests::Link, bowline_tests::Returned)> {
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(stack, "amara@example.com").approves(stack, &link).await?;
    stack.dropbox.set_fault(fault.times(1));
    let (caller, first_link, first_return) = (acme.clone(), link.clone(), returned.clone());
    let call = tokio::spawn(async move { caller.try_complete(&first_link, &first_return).await });
    a_call_is_held(stack).await;
    stack.server_mut(0).kill().await?;
    assert!(call.await?.is_err(), "the call was not acknowledged");
    stack.dropbox.clear_faults();
    stack.server_mut(0).start().await?;
    let busy = acme.try_complete(&link, &returned).await?;
    assert_eq!(
        busy.refusal(),
        (409, "link_in_progress".to_owned()),
        "the killed process still has its claim"
    );
    stack
        .database
        .execute("UPDATE link_sessions SET claimed_until = now() WHERE claimed_until IS NOT NULL", &[])
        .await?;
    Ok((link, returned))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_tokens_arrived_the_session_fails_and_the_user_can_go_on() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let fault = FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).after();
    let (link, returned) = killed_in_mid_completion(&mut stack, &acme, fault).await?;
    let answer = acme.try_complete(&link, &returned).await?;
    assert_eq!(answer.refusal(), (409, "link_failed".to_owned()));
    assert_eq!(answer.json()["reason"], "interrupted");
    assert_eq!(acme.link_status(&link).await?, ("failed".to_owned(), Some("interrupted".to_owned())));
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1, "the code is never sent twice");
    assert!(stack.live_grants() <= 1, "a kill orphans one grant at most");
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    acme.token(account.id).await?;
    assert_eq!(acme.accounts().await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_tokens_arrived_the_same_call_goes_on_and_nothing_is_orphaned() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let fault = FaultSpec::new(FaultKind::Pause).on(Operation::GetCurrentAccount);
    let (link, returned) = killed_in_mid_completion(&mut stack, &acme, fault).await?;
    let account = acme.complete(&link, &returned).await?;
    acme.token(account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    assert_eq!(stack.live_grants(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_tokens_arrived_and_never_called_again_the_grant_dies() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let fault = FaultSpec::new(FaultKind::Pause).on(Operation::GetCurrentAccount);
    killed_in_mid_completion(&mut stack, &acme, fault).await?;
    assert_eq!(stack.live_grants(), 1);
    stack.database.execute("UPDATE link_sessions SET expires_at = now() - interval '1 second'", &[]).await?;
    stack.wait_for_live_grants(0).await?;
    assert!(acme.accounts().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_every_account_that_was_acknowledged_is_there() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut ready = Vec::new();
    for number in 0..16 {
        let link = acme.begin_link(&format!("user-{number}")).await?;
        let returned = Person::new(&stack, "amara@example.com").approves(&stack, &link).await?;
        ready.push((link, returned));
    }
    let mut calls: futures_util::stream::FuturesUnordered<_> = ready
        .iter()
        .cloned()
        .map(|(link, returned)| {
            let acme = acme.clone();
            tokio::spawn(async move { acme.complete(&link, &returned).await })
        })
        .collect();
    let mut acknowledged = Vec::new();
    let mut killed = false;
    while let Some(outcome) = calls.next().await {
        if let Ok(account) = outcome? {
            acknowledged.push(account);
        }
        if !killed && acknowledged.len() >= 4 {
            stack.server_mut(0).kill().await?;
            killed = true;
        }
    }
    assert!(killed && acknowledged.len() >= 4);
    stack.server_mut(0).start().await?;
    for account in &acknowledged {
        assert_eq!(acme.account(account.id).await?.external_user_id, account.external_user_id);
        acme.token(account.id).await?;
    }
    // All other sessions are now completed, or their users are told to start again and can do so.
    stack
        .database
        .execute("UPDATE link_sessions SET claimed_until = now() WHERE claimed_until IS NOT NULL", &[])
        .await?;
    for (number, (link, returned)) in ready.iter().enumerate() {
        let answer = acme.try_complete(link, returned).await?;
        if answer.status != 200 {
            assert_eq!(answer.refusal(), (409, "link_failed".to_owned()), "{}", answer.text());
            Person::new(&stack, "amara@example.com").links(&stack, &acme, &format!("user-{number}")).await?;
        }
    }
    let page: bowline_api::Page<bowline_api::v1::Account> =
        acme.call(reqwest::Method::GET, "/v1/accounts?limit=200", None).await?.good()?;
    assert_eq!(page.items.len(), 16);
    Ok(())
}
