//! The check of a link asks Dropbox and finds a dead grant before a token is needed.

use anyhow::{Context as _, Result};
use bowline_api::AccountId;
use bowline_api::status::AccountStatus;
use bowline_api::v1::AccountCheck;
use bowline_tests::{Answer, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;

use crate::common::{linked, out_of_order, set_token_life};

async fn ask(tenant: &Tenant, account: AccountId) -> Result<Answer> {
    tenant.call(Method::POST, &format!("/v1/accounts/{account}/check"), None).await
}

async fn check(tenant: &Tenant, account: AccountId) -> Result<(bool, AccountStatus, Option<String>)> {
    let check: AccountCheck = ask(tenant, account).await?.good()?;
    assert_eq!(check.account_id, account);
    Ok((check.alive, check.status.known().context("an unknown status")?, check.reason))
}

const ALIVE: (bool, AccountStatus, Option<String>) = (true, AccountStatus::Active, None);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_living_link_is_alive_also_where_its_token_is_stale_or_refused() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    assert_eq!(check(&acme, account.id).await?, ALIVE);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (1, 0)
    );
    set_token_life(&stack, account.id, 0).await?;
    assert_eq!(check(&acme, account.id).await?, ALIVE);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (2, 1)
    );
    // The token has expired at Dropbox, but the server does not know.
    stack.dropbox.expire_tokens(None);
    assert_eq!(check(&acme, account.id).await?, ALIVE);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (4, 2)
    );
    let used = "SELECT count(*) FROM token_holdings";
    assert_eq!(stack.database.count(used).await?, 0, "a check issued a token");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_grant_is_found_and_asked_about_again_each_time() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    let dead = (false, AccountStatus::NeedsReauth, Some("refresh_token_revoked".to_owned()));
    assert_eq!(check(&acme, account.id).await?, dead);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::NeedsReauth);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (1, 1)
    );
    assert_eq!(check(&acme, account.id).await?, dead);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (1, 2)
    );
    acme.revoke(account.id).await?;
    assert!(!check(&acme, account.id).await?.0);
    assert_eq!(stack.dropbox.count(Operation::CheckUser), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_dropbox_does_not_answer_claims_nothing() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    for (fault, expected) in [
        (out_of_order(Operation::CheckUser), (503, "provider_unavailable".to_owned())),
        (FaultSpec::new(FaultKind::Reset).on(Operation::CheckUser), (503, "provider_unavailable".to_owned())),
        (
            FaultSpec::new(FaultKind::Garbage { garbage: dropbox_sim::Garbage::Html })
                .on(Operation::CheckUser),
            (502, "provider_malformed".to_owned()),
        ),
    ] {
        let fault = stack.dropbox.set_fault(fault);
        assert_eq!(ask(&acme, account.id).await?.refusal(), expected);
        stack.dropbox.clear_fault(fault);
    }
    // Dropbox has suspended the user, which may be temporary.
    stack.dropbox.suspend_user(&account.provider_account_id, true);
    let suspended = (false, AccountStatus::Active, Some("user_suspended".to_owned()));
    assert_eq!(check(&acme, account.id).await?, suspended);
    stack.dropbox.suspend_user(&account.provider_account_id, false);
    assert_eq!(check(&acme, account.id).await?, ALIVE);

    let calls = stack.dropbox.count(Operation::CheckUser);
    stack.database.execute("UPDATE accounts SET status = 'suspended'", &[]).await?;
    assert_eq!(ask(&acme, account.id).await?.refusal(), (403, "account_suspended".to_owned()));
    let foreign = Tenant::create(&stack, "other").await?;
    assert_eq!(ask(&foreign, account.id).await?.refusal(), (404, "not_found".to_owned()));
    assert_eq!(stack.dropbox.count(Operation::CheckUser), calls);
    Ok(())
}

/// Dropbox once reported that the grant had ended, and accepts its refresh token again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_needs_a_new_link_recovers_if_dropbox_takes_its_refresh_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let dead = FaultKind::Status {
        status: 400,
        body: Some(
            r#"{"error":"invalid_grant","error_description":"refresh token is invalid or revoked"}"#
                .to_owned(),
        ),
        content_type: None,
        retry_after: None,
    };
    set_token_life(&stack, account.id, 0).await?;
    let fault = stack.dropbox.set_fault(FaultSpec::new(dead).on(Operation::TokenRefresh));
    let needs = (false, AccountStatus::NeedsReauth, Some("refresh_token_revoked".to_owned()));
    assert_eq!(check(&acme, account.id).await?, needs);
    stack.dropbox.clear_fault(fault);
    // Requesting a token does not help; only a check asks Dropbox.
    let refused = acme.try_token(account.id).await?.refusal();
    assert_eq!(refused, (409, "needs_reauth".to_owned()));

    let down = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh).times(1));
    assert_eq!(ask(&acme, account.id).await?.refusal(), (503, "provider_unavailable".to_owned()));
    stack.dropbox.clear_fault(down);
    let still = acme.account(account.id).await?;
    assert_eq!(
        (still.status, still.status_reason.as_deref()),
        (AccountStatus::NeedsReauth.into(), Some("refresh_token_revoked"))
    );

    stack.database.execute("UPDATE refresh_leases SET cool_down_until = NULL", &[]).await?;
    assert_eq!(check(&acme, account.id).await?, ALIVE);
    let active = acme.account(account.id).await?;
    assert_eq!((active.status, active.status_reason), (AccountStatus::Active.into(), None));
    acme.token(account.id).await?;
    let recovered = "SELECT count(*) FROM audit_events WHERE action = 'account.recovered'";
    assert_eq!(stack.database.count(recovered).await?, 1);
    assert_eq!(stack.live_grants(), 1);
    Ok(())
}
