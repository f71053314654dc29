//! Revoking: gone here at once, and at Dropbox as soon as it can be reached.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::status::AccountStatus;
use bowline_tests::{PATIENCE, Person, Stack, Tenant, until};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Operation};

use crate::common::{linked, out_of_order, set_token_life};

async fn revoked(acme: &Tenant, account: AccountId) -> Result<()> {
    until("the account to be revoked", async || {
        acme.account(account).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    Ok(())
}

async fn try_again_now(stack: &Stack) -> Result<()> {
    stack.database.execute("UPDATE revocations SET next_attempt_at = now()", &[]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_is_dead_at_dropbox_and_nothing_of_its_tokens_is_left() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let answer = acme.revoke(account.id).await?;
    assert_eq!(answer.status, 202);
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    let left = "SELECT (SELECT count(*) FROM accounts WHERE sealed_access_token IS NOT NULL OR sealed_refresh_token IS NOT NULL)
        + (SELECT count(*) FROM revocations WHERE sealed_access_token IS NOT NULL OR sealed_refresh_token IS NOT NULL)";
    assert_eq!(stack.database.count(left).await?, 0);
    // Again is no error and no second call.
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    assert_eq!(stack.dropbox.count(Operation::Revoke), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_access_token_is_refreshed_to_be_revoked() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!((stack.dropbox.count(Operation::TokenRefresh), stack.live_grants()), (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_dropbox_alone_holds_for_expired_is_refreshed_too() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.expire_tokens(None);
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_dropbox_down_it_is_gone_here_at_once_and_there_later() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let down = stack.dropbox.set_fault(out_of_order(Operation::Revoke));
    acme.revoke(account.id).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    let tried = "SELECT count(*) FROM revocations WHERE attempts >= 1 AND last_error IS NOT NULL AND claimed_by IS NULL";
    until("a first try", async || stack.database.count(tried).await.ok().filter(|count| *count == 1)).await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Revoking);
    assert_eq!(stack.live_grants(), 1);
    stack.dropbox.clear_fault(down);
    try_again_now(&stack).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_dead_already_counts_as_revoked() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::Revoke), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_made_while_the_old_grant_is_being_revoked_lives() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::Revoke).times(1));
    acme.revoke(account.id).await?;
    assert!(stack.dropbox.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
    let again = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert_eq!((again.id, again.status), (account.id, AccountStatus::Active));
    stack.dropbox.clear_faults();
    stack.wait_for_live_grants(1).await?;
    let done = "SELECT count(*) FROM revocations WHERE state = 'done'";
    until("the revocation to be done", async || {
        stack.database.count(done).await.ok().filter(|count| *count == 1)
    })
    .await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    acme.token(account.id).await?;
    Ok(())
}
