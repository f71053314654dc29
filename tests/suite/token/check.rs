//! Whether a link lives: Dropbox is asked, and a dead grant is found before anybody needs it.

use anyhow::Result;
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
    Ok((check.alive, check.status, check.reason))
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
    // Dead there, and we do not know.
    stack.dropbox.expire_tokens(None);
    assert_eq!(check(&acme, account.id).await?, ALIVE);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (4, 2)
    );
    let used = "SELECT count(*) FROM token_holdings";
    assert_eq!(stack.database.count(used).await?, 0, "nobody was handed a token");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_grant_is_found_and_then_nobody_is_asked() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    let dead = (false, AccountStatus::NeedsReauth, Some("refresh_token_revoked".to_owned()));
    assert_eq!(check(&acme, account.id).await?, dead);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::NeedsReauth);
    assert_eq!(check(&acme, account.id).await?, dead);
    assert_eq!(
        (stack.dropbox.count(Operation::CheckUser), stack.dropbox.count(Operation::TokenRefresh)),
        (1, 1)
    );
    acme.revoke(account.id).await?;
    assert!(!check(&acme, account.id).await?.0);
    assert_eq!(stack.dropbox.count(Operation::CheckUser), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_learnt_nothing_is_said() -> Result<()> {
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
    // Dropbox has suspended its user, which may pass.
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
