//! Services that give an app the same token of OAuth 1 for a user until it is ended: what one account gives up, another may still use.

use anyhow::Result;
use bowline_api::status::{AccountStatus, Protocol};
use bowline_api::v1::{Account, OAuth1Token};
use bowline_tests::{Person, Stack, Tenant, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::json;

use super::oauth1::tenant;
use crate::common::out_of_order;

async fn stack() -> Result<(Stack, Tenant)> {
    let stack = Stack::start().await?;
    stack.dropbox.change_settings(|settings| settings.same_oauth1_token = true);
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    Ok((stack, acme))
}

async fn token(acme: &Tenant, account: &Account) -> Result<String> {
    Ok(acme.try_token(account.id).await?.good::<OAuth1Token>()?.oauth_token)
}

async fn is_alive(acme: &Tenant, account: &Account) -> Result<bool> {
    let path = format!("/v1/accounts/{}/check", account.id);
    Ok(acme.call(Method::POST, &path, None).await?.json()["alive"] == true)
}

/// Waits until no revocation is due.
async fn revocations_end(stack: &Stack) -> Result<()> {
    let due = "SELECT count(*) FROM revocations WHERE state = 'due'";
    until("the revocations to end", async || stack.database.count(due).await.ok().filter(|due| *due == 0))
        .await
        .map(drop)
}

async fn left_alive(stack: &Stack) -> Result<i64> {
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.revocation_given_up'
                AND detail->>'reason' = 'token_held_elsewhere'";
    stack.database.count(told).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_link_with_the_same_token_keeps_it_alive() -> Result<()> {
    let (stack, acme) = stack().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let old = token(&acme, &account).await?;
    let link = acme.begin_relink("user-1", account.id).await?;
    let returned = amara.approves(&stack, &link).await?;
    assert_eq!(acme.complete(&link, &returned).await?.id, account.id);
    assert_eq!(token(&acme, &account).await?, old);
    revocations_end(&stack).await?;
    assert!(is_alive(&acme, &account).await?);
    assert_eq!(stack.dropbox.count(Operation::OAuth1Disable), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_ends_at_the_provider_with_the_last_account_that_holds_it() -> Result<()> {
    let (stack, acme) = stack().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let (first, second) =
        (amara.links(&stack, &acme, "user-1").await?, amara.links(&stack, &acme, "user-2").await?);
    assert_eq!(token(&acme, &first).await?, token(&acme, &second).await?);
    acme.revoke(first.id).await?;
    revocations_end(&stack).await?;
    assert_eq!(acme.account(first.id).await?.status, AccountStatus::Revoked);
    assert_eq!(acme.try_token(first.id).await?.refusal(), (410, "account_revoked".to_owned()));
    assert!(is_alive(&acme, &second).await?);
    assert_eq!((stack.live_grants(), left_alive(&stack).await?), (1, 1));
    acme.revoke(second.id).await?;
    revocations_end(&stack).await?;
    assert_eq!((stack.live_grants(), left_alive(&stack).await?), (0, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_ends_without_an_account_does_not_end_the_token_of_one() -> Result<()> {
    let (stack, acme) = stack().await?;
    let (mut amara, mut mei) =
        (Person::new(&stack, "amara@example.com"), Person::new(&stack, "mei@example.org"));
    let account = amara.links(&stack, &acme, "user-1").await?;
    let other = mei.links(&stack, &acme, "user-2").await?;
    // Another account than the one to be linked again: the grant is discarded.
    let link = acme.begin_relink("user-1", account.id).await?;
    let returned = mei.approves(&stack, &link).await?;
    assert_eq!(acme.try_complete(&link, &returned).await?.json()["code"], "account_mismatch");
    // A foreign browser ends the session that has just got the token.
    let link = acme.begin_link("user-3").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&callback).await?;
    stack.dropbox.set_fault(out_of_order(Operation::OAuth1Account).times(1));
    assert_eq!(acme.try_complete(&link, &returned).await?.status, 503);
    assert_eq!(mei.visit(&callback).await?.status, 400);
    // The answer with the token names another account than the browser.
    let link = acme.begin_link("user-4").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = super::oauth1::with(&amara.approve(&stack, &authorize_url)?, "uid", "12345")?;
    let returned = amara.come_back(&callback).await?;
    let refused = acme.try_complete(&link, &returned).await?;
    assert_eq!(refused.json()["reason"], "malformed_account_mismatch");
    revocations_end(&stack).await?;
    assert_eq!((stack.live_grants(), left_alive(&stack).await?), (2, 3));
    assert!(is_alive(&acme, &account).await? && is_alive(&acme, &other).await?);
    Ok(())
}

/// A link gets the token of an account that was revoked a moment ago and whose revocation waits for the provider.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_that_is_still_due_does_not_end_the_token_of_a_later_link() -> Result<()> {
    let (stack, acme) = stack().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let down = stack.dropbox.set_fault(out_of_order(Operation::OAuth1Disable));
    acme.revoke(account.id).await?;
    let tried = "SELECT count(*) FROM revocations WHERE last_error IS NOT NULL";
    until("the first try", async || stack.database.count(tried).await.ok().filter(|tried| *tried == 1))
        .await?;
    // While a try may have ended the token without an answer, nobody relies on it; then the service is asked again.
    let link = acme.begin_link("user-2").await?;
    let returned = amara.approves(&stack, &link).await?;
    let waits = acme.try_complete(&link, &returned).await?;
    assert_eq!((waits.status, waits.json()["reason"].as_str()), (503, Some("token_ending")));
    stack
        .database
        .execute("UPDATE oauth1_tokens SET ending_until = now() WHERE ending_until IS NOT NULL", &[])
        .await?;
    let later = acme.complete(&link, &returned).await?;
    stack.dropbox.clear_fault(down);
    stack.database.execute("UPDATE revocations SET next_attempt_at = now() WHERE state = 'due'", &[]).await?;
    revocations_end(&stack).await?;
    assert!(is_alive(&acme, &later).await?);
    assert_eq!((stack.live_grants(), left_alive(&stack).await?), (1, 1));
    Ok(())
}

/// The token of a completed link is being ended while the completion waits: the completion learns it and links nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_being_ended_is_not_stored() -> Result<()> {
    let (stack, acme) = stack().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let link = acme.begin_link("user-2").await?;
    let returned = amara.approves(&stack, &link).await?;
    let held =
        stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::OAuth1Disable).times(1));
    acme.revoke(account.id).await?;
    crate::common::a_call_is_held(&stack).await;
    let waits = acme.try_complete(&link, &returned).await?;
    assert_eq!((waits.status, waits.json()["reason"].as_str()), (503, Some("token_ending")));
    stack.dropbox.clear_fault(held);
    revocations_end(&stack).await?;
    assert_eq!(stack.live_grants(), 0);
    let refused = acme.try_complete(&link, &returned).await?;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("link_failed")));
    let new = acme.begin_link("user-2").await?;
    let returned = amara.approves(&stack, &new).await?;
    assert!(is_alive(&acme, &acme.complete(&new, &returned).await?).await?);
    assert_eq!(json!(acme.accounts().await?.len()), json!(2));
    Ok(())
}
