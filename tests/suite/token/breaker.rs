//! The circuit breaker of a connector: it opens on every replica when Dropbox is in trouble, lets a probe through, and
//! recovers slowly.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::status::AccountStatus;
use bowline_api::v1::AccessToken;
use bowline_tests::{PATIENCE, Person, Stack, Tenant, until};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Operation};

use crate::common::{out_of_order, set_token_life};

/// A stack, a tenant and this many linked accounts whose tokens have all expired.
async fn expired(stack: Stack, count: usize) -> Result<(Stack, Tenant, Vec<AccountId>)> {
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let mut accounts = Vec::new();
    for number in 0..count {
        accounts.push(amara.links(&stack, &acme, &format!("user-{number}")).await?.id);
    }
    expire_all(&stack).await?;
    Ok((stack, acme, accounts))
}

async fn expire_all(stack: &Stack) -> Result<()> {
    stack.dropbox.expire_tokens(None);
    stack.resealer().edit_accounts("access_expires_at = now()", "true").await?;
    Ok(())
}

async fn no_cool_downs(stack: &Stack) -> Result<()> {
    stack.database.execute("UPDATE refresh_leases SET cool_down_until = NULL", &[]).await?;
    Ok(())
}

async fn set(stack: &Stack, what: &str) -> Result<()> {
    let changed = stack.database.execute(&format!("UPDATE connector_health SET {what}"), &[]).await?;
    anyhow::ensure!(changed == 1, "the connector has no breaker");
    Ok(())
}

async fn open(stack: &Stack) -> Result<i64> {
    stack.database.count("SELECT count(*) FROM connector_health WHERE opened_at IS NOT NULL").await
}

fn refreshes(stack: &Stack) -> usize {
    stack.dropbox.count(Operation::TokenRefresh)
}

const UNAVAILABLE: (u16, &str) = (503, "provider_unavailable");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_breaker_opens_on_every_replica_and_one_call_at_a_time_probes() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::builder().replicas(2).start().await?, 9).await?;
    let there = acme.at(stack.server(1).public_url());
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    for (number, account) in accounts.iter().take(5).enumerate() {
        assert_eq!(open(&stack).await?, 0, "{number} failures do not open it");
        let caller = if number % 2 == 0 { &acme } else { &there };
        let (status, code) = caller.try_token(*account).await?.refusal();
        assert_eq!((status, code.as_str()), UNAVAILABLE);
    }
    assert_eq!((open(&stack).await?, refreshes(&stack)), (1, 5));

    // Open: no replica calls Dropbox, and valid tokens are served.
    for caller in [&acme, &there] {
        let answer = caller.try_token(accounts[5]).await?;
        assert_eq!((answer.status, answer.refusal().1.as_str()), UNAVAILABLE);
        assert!(answer.header("retry-after").parse::<u64>()? >= 1);
    }
    set_token_life(&stack, accounts[6], 100).await?;
    assert!(there.token(accounts[6]).await?.degraded);
    assert_eq!(refreshes(&stack), 5);

    // Half-open: one call is the probe, and the others do not wait for it.
    stack.dropbox.clear_fault(fault);
    no_cool_downs(&stack).await?;
    set(&stack, "retry_at = now()").await?;
    let pause = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh));
    let (first, account) = (acme.clone(), accounts[7]);
    let first = tokio::spawn(async move { first.token(account).await });
    assert!(stack.dropbox.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
    for caller in [&acme, &there] {
        assert_eq!(caller.try_token(accounts[8]).await?.status, 503);
    }
    assert_eq!((refreshes(&stack), open(&stack).await?), (6, 1));
    stack.dropbox.clear_fault(pause);
    first.await??;
    assert_eq!(open(&stack).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_breaker_heals_without_a_stampede() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 8).await?;
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    for account in &accounts[..5] {
        acme.try_token(*account).await?;
    }
    stack.dropbox.clear_fault(fault);
    no_cool_downs(&stack).await?;
    set(&stack, "retry_at = now()").await?;
    acme.token(accounts[0]).await?;
    assert_eq!(refreshes(&stack), 6);

    // The recovery's first second does not pass while its start is in the future.
    set(&stack, "healing_since = now() + interval '1 hour', healing_calls = 0").await?;
    expire_all(&stack).await?;
    let calls = accounts.iter().map(|account| acme.try_token(*account));
    let answers = futures_util::future::try_join_all(calls).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 2);
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| {
        answer.refusal() == (503, UNAVAILABLE.1.to_owned()) && !answer.header("retry-after").is_empty()
    }));
    assert_eq!(refreshes(&stack), 8);

    // Recovered.
    set(&stack, "healing_since = now() - interval '1 minute'").await?;
    for account in &accounts {
        acme.token(*account).await?;
    }
    assert_eq!(refreshes(&stack), 14);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropbox_that_hangs_is_noticed_before_the_calls_end() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 6).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Hang).on(Operation::TokenRefresh));
    let hanging: Vec<_> = accounts[..5]
        .iter()
        .map(|account| {
            let (acme, account) = (acme.clone(), *account);
            tokio::spawn(async move { acme.try_token(account).await })
        })
        .collect();
    until("the breaker to open", async || open(&stack).await.ok().filter(|open| *open == 1)).await?;
    let abandoned = |call: &dropbox_sim::Call| call.state == CallState::Abandoned;
    assert!(!stack.dropbox.calls().iter().any(abandoned), "a caller has already given up");
    assert_eq!(acme.try_token(accounts[5]).await?.status, 503);
    assert_eq!(refreshes(&stack), 5);
    stack.dropbox.clear_faults();
    for call in hanging {
        assert_eq!(call.await??.status, 503);
    }
    assert_eq!(open(&stack).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429_is_waited_out_as_long_as_dropbox_asks() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 6).await?;
    let limit = FaultSpec::new(FaultKind::RateLimit { retry_after: 600 }).on(Operation::TokenRefresh);
    stack.dropbox.set_fault(limit);
    for account in &accounts[..5] {
        acme.try_token(*account).await?;
    }
    let answer = acme.try_token(accounts[5]).await?;
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").parse::<u64>()? > 500, "{}", answer.header("retry-after"));
    assert_eq!(refreshes(&stack), 5);
    let later = "SELECT count(*) FROM connector_health WHERE retry_at > now() + interval '9 minutes'";
    assert_eq!(stack.database.count(later).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_breaker_does_not_affect_another_connector() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 5).await?;
    let other = Tenant::create(&stack, "other").await?;
    let theirs = Person::new(&stack, "mei@example.org").links(&stack, &other, "user-1").await?;
    expire_all(&stack).await?;
    stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh).app(&acme.app_key));
    for account in &accounts {
        assert_eq!(acme.try_token(*account).await?.status, 503);
    }
    assert_eq!(open(&stack).await?, 1);
    assert!(!other.token(theirs.id).await?.degraded);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_dropbox_refuses_is_not_sent_again_and_again() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 2).await?;
    for (number, error) in ["invalid_request", "invalid_scope"].into_iter().enumerate() {
        let refused = FaultKind::Status {
            status: 400,
            body: Some(format!(r#"{{"error":"{error}","error_description":"no"}}"#)),
            content_type: None,
            retry_after: None,
        };
        let fault = stack.dropbox.set_fault(FaultSpec::new(refused).on(Operation::TokenRefresh));
        for _ in 0..3 {
            let answer = acme.try_token(accounts[number]).await?;
            assert_eq!(answer.refusal(), (502, "connector_broken".to_owned()));
            assert_eq!(answer.json()["reason"], error);
            assert!(answer.header("retry-after").parse::<u64>()? > 60, "{}", answer.header("retry-after"));
        }
        assert_eq!(refreshes(&stack), number + 1);
        assert_eq!(acme.account(accounts[number]).await?.status, AccountStatus::Active);
        stack.dropbox.clear_fault(fault);
    }
    let working = "SELECT count(*) FROM connectors WHERE status = 'active'";
    assert_eq!(stack.database.count(working).await?, 1, "one success does not clear the connector");
    no_cool_downs(&stack).await?;
    acme.token(accounts[0]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connector_is_tried_by_one_call_alone() -> Result<()> {
    let (stack, acme, accounts) = expired(Stack::start().await?, 3).await?;
    let fault = stack.dropbox.set_fault(FaultSpec::new(FaultKind::BadClient).on(Operation::TokenRefresh));
    assert_eq!(acme.try_token(accounts[0]).await?.refusal(), (502, "connector_broken".to_owned()));
    stack.dropbox.clear_fault(fault);
    stack.database.execute("UPDATE connectors SET updated_at = now() - interval '2 minutes'", &[]).await?;
    let pause = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh));
    let (first, account) = (acme.clone(), accounts[1]);
    let first = tokio::spawn(async move { first.token(account).await });
    assert!(stack.dropbox.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
    assert_eq!(acme.try_token(accounts[2]).await?.refusal(), (502, "connector_broken".to_owned()));
    assert_eq!(refreshes(&stack), 2);
    stack.dropbox.clear_fault(pause);
    let _: AccessToken = first.await??;
    acme.token(accounts[2]).await?;
    Ok(())
}
