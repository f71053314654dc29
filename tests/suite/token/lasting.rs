//! Accounts without a refresh token, whose access token may never expire: the server issues it until it expires or
//! Dropbox rejects it.

use anyhow::{Context as _, Result};
use bowline_api::AccountId;
use bowline_api::status::AccountStatus;
use bowline_api::v1::AccountCheck;
use bowline_tests::{Answer, Person, Stack, Tenant, until};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::json;

use crate::common::linked;

/// Removes the account's refresh token, and sets the expiry of its access token to `end`.
async fn without_refresh_token(stack: &Stack, account: AccountId, end: &str) -> Result<()> {
    let change = format!("sealed_refresh_token = NULL, access_expires_at = {end}");
    let edited = stack.resealer().edit_accounts(&change, &format!("id = '{}'", account.uuid())).await?;
    anyhow::ensure!(edited == 1, "there is no such account");
    Ok(())
}

async fn ask(acme: &Tenant, account: AccountId, what: &str, body: serde_json::Value) -> Result<Answer> {
    acme.call(Method::POST, &format!("/v1/accounts/{account}/{what}"), Some(body)).await
}

async fn check(acme: &Tenant, account: AccountId) -> Result<(bool, AccountStatus, Option<String>)> {
    let path = format!("/v1/accounts/{account}/check");
    let check: AccountCheck = acme.call(Method::POST, &path, None).await?.good()?;
    Ok((check.alive, check.status.known().context("an unknown status")?, check.reason))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_without_end_is_handed_out_until_dropbox_refuses_it() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    without_refresh_token(&stack, account.id, "NULL").await?;
    for _ in 0..2 {
        let answer = ask(&acme, account.id, "token", json!({ "min_ttl": 3600 })).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!answer.text().contains("expires_at") && !answer.text().contains("degraded"));
    }
    let refusal = (409, "invalid_state".to_owned());
    assert_eq!(ask(&acme, account.id, "token/refresh", json!({})).await?.refusal(), refusal);
    let narrowed = json!({ "scopes": ["files.metadata.read"] });
    assert_eq!(ask(&acme, account.id, "token", narrowed).await?.refusal(), refusal);
    assert_eq!(check(&acme, account.id).await?, (true, AccountStatus::Active, None));

    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    let dead = (false, AccountStatus::NeedsReauth, Some("invalid_access_token".to_owned()));
    assert_eq!(check(&acme, account.id).await?, dead);
    assert_eq!(check(&acme, account.id).await?, dead, "the kept token is asked about again");
    assert_eq!(acme.try_token(account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'account.needs_reauth'";
    assert_eq!(stack.database.count(noted).await?, 1);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (3, 0)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_without_a_refresh_token_makes_its_account_need_a_new_link() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    without_refresh_token(&stack, account.id, "now() + interval '100 seconds'").await?;
    let token = acme.token(account.id).await?;
    assert!(token.degraded && token.expires_at.is_some(), "it expires before the requested time");
    without_refresh_token(&stack, account.id, "now()").await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    let account = acme.account(account.id).await?;
    assert_eq!(
        (account.status, account.status_reason.as_deref()),
        (AccountStatus::NeedsReauth.into(), Some("access_token_expired"))
    );
    assert!(!check(&acme, account.id).await?.0);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0, "no refresh is tried");
    // After a new link, the account has both tokens, and the old grant is revoked with its access token.
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert!(!acme.token(account.id).await?.degraded);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_without_a_refresh_token_is_revoked_by_its_access_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    without_refresh_token(&stack, account.id, "NULL").await?;
    acme.revoke(account.id).await?;
    until("the account to be revoked", async || {
        acme.account(account.id).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    assert_eq!((stack.live_grants(), stack.dropbox.count(Operation::TokenRefresh)), (0, 0));
    Ok(())
}
