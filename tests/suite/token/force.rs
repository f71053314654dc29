//! A refresh that the tenant's app forces, because Dropbox rejects the token before its expiry.

use std::collections::HashSet;

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::AccessToken;
use bowline_tests::{Answer, Stack, Tenant, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;

use crate::common::{a_call_is_held, linked, linked_on, out_of_order, set_token_life};

async fn force(tenant: &Tenant, account: AccountId) -> Result<Answer> {
    tenant.call(Method::POST, &format!("/v1/accounts/{account}/token/refresh"), None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forced_refresh_returns_another_token_once_a_minute() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let old = acme.token(account.id).await?.access_token;
    let fresh: AccessToken = force(&acme, account.id).await?.good()?;
    assert_ne!(fresh.access_token, old);
    assert_eq!(acme.token(account.id).await?.access_token, fresh.access_token);
    let held = "SELECT count(*) FROM token_holdings WHERE generation = 2";
    assert_eq!(stack.database.count(held).await?, 1);

    let again = force(&acme, account.id).await?;
    assert_eq!(again.refusal(), (429, "refresh_limited".to_owned()));
    assert!((1..=60).contains(&again.header("retry-after").parse::<u64>()?));
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    // An expired token is refreshed anyway.
    set_token_life(&stack, account.id, 0).await?;
    force(&acme, account.id).await?.good::<AccessToken>()?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 2);

    let earlier = "UPDATE refresh_leases SET forced_at = forced_at - interval '1 minute'";
    stack.database.execute(earlier, &[]).await?;
    force(&acme, account.id).await?.good::<AccessToken>()?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 3);
    Ok(())
}

/// Counts in the database how often the server reads an account.
async fn count_looks(stack: &Stack) -> Result<()> {
    let sql = "CREATE SEQUENCE looks;
        CREATE FUNCTION looked() RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER AS $$ SELECT nextval('looks') > 0 $$;
        CREATE POLICY counted ON accounts AS RESTRICTIVE FOR SELECT TO bowline_server USING (looked())";
    Ok(stack.database.superuser().await?.batch_execute(sql).await?)
}

async fn looks(stack: &Stack) -> Result<i64> {
    stack.database.count("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM looks").await
}

async fn until_looks(stack: &Stack, count: i64) -> Result<()> {
    until("the calls to look at the account", async || {
        looks(stack).await.ok().filter(|looks| *looks >= count).map(drop)
    })
    .await
}

/// A caller that read the account during the refresh gets its token, because it does not come after the refresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forced_refresh_joins_one_in_progress_on_every_replica() -> Result<()> {
    const JOINING: i64 = 20;
    let (stack, acme, account) = linked_on(super::patient(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    count_looks(&stack).await?;
    let pause = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh));
    let forced = |tenant: &Tenant| {
        let tenant = tenant.clone();
        tokio::spawn(async move { force(&tenant, account.id).await })
    };
    let mut calls = vec![forced(&acme)];
    a_call_is_held(&stack).await;
    // Each caller reads once and then waits in this process; those of the other replica poll.
    let before = looks(&stack).await?;
    calls.extend((0..JOINING).map(|_| forced(&acme)));
    until_looks(&stack, before + JOINING).await?;
    assert_eq!(looks(&stack).await?, before + JOINING, "each caller reads the account once");
    calls.push(forced(&there));
    until_looks(&stack, before + JOINING + 1).await?;
    assert!(calls.iter().all(|call| !call.is_finished()));
    stack.dropbox.clear_fault(pause);
    let mut tokens = HashSet::new();
    for call in calls {
        tokens.insert(call.await??.good::<AccessToken>()?.access_token);
    }
    assert_eq!((tokens.len(), stack.dropbox.count(Operation::TokenRefresh)), (1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_refused_token_is_not_handed_out_instead() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    assert_eq!(force(&acme, account.id).await?.refusal(), (503, "provider_unavailable".to_owned()));
    acme.token(account.id).await?;
    stack.dropbox.clear_fault(fault);
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    let later = "UPDATE refresh_leases SET cool_down_until = NULL, forced_at = NULL";
    stack.database.execute(later, &[]).await?;
    assert_eq!(force(&acme, account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    stack.database.execute("UPDATE accounts SET status = 'suspended'", &[]).await?;
    assert_eq!(force(&acme, account.id).await?.refusal(), (403, "account_suspended".to_owned()));
    let foreign = Tenant::create(&stack, "other").await?;
    assert_eq!(force(&foreign, account.id).await?.refusal(), (404, "not_found".to_owned()));
    Ok(())
}
