//! The kind of failure determines who is blamed and what is reported.

use anyhow::Result;
use bowline_api::status::AccountStatus;
use bowline_api::v1::AccessToken;
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};
use futures_util::future::try_join;

use crate::common::{a_call_is_held, linked, out_of_order, set_token_life};

const NEW_APP_SECRET: &str = "CANARY_new_secret";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_refresh_is_one_call_one_answer_for_all_and_a_pause() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    let fault = stack
        .dropbox
        .set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 60 }).on(Operation::TokenRefresh));
    let calls = (0..50).map(|_| acme.try_token(account.id));
    for answer in futures_util::future::try_join_all(calls).await? {
        assert_eq!(answer.refusal(), (503, "provider_unavailable".to_owned()));
        let pause: u64 = answer.header("retry-after").parse()?;
        assert!((1..=60).contains(&pause), "{pause}");
    }
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    stack.dropbox.clear_fault(fault);
    assert_eq!(acme.try_token(account.id).await?.status, 503, "Dropbox asked for a pause");
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    stack.database.execute("UPDATE refresh_leases SET cool_down_until = now()", &[]).await?;
    acme.token(account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_still_alive_is_served_while_dropbox_is_out_of_order() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let token = acme.token(account.id).await?.access_token;
    set_token_life(&stack, account.id, 100).await?;
    stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    let served: AccessToken = acme.token(account.id).await?;
    assert_eq!((served.access_token, served.degraded), (token, true));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_makes_no_sense_keeps_the_old_tokens() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    for garbage in [Garbage::Html, Garbage::CutJson, Garbage::WrongTypes, Garbage::Empty] {
        set_token_life(&stack, account.id, 0).await?;
        let fault =
            FaultSpec::new(FaultKind::Garbage { garbage: garbage.clone() }).on(Operation::TokenRefresh);
        let fault = stack.dropbox.set_fault(fault);
        assert_eq!(
            acme.try_token(account.id).await?.refusal(),
            (502, "provider_malformed".to_owned()),
            "{garbage:?}"
        );
        stack.dropbox.clear_fault(fault);
        stack.database.execute("UPDATE refresh_leases SET cool_down_until = now()", &[]).await?;
        assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
        acme.token(account.id).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_disconnects_us_at_dropbox_must_link_again_and_dropbox_is_asked_once() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    set_token_life(&stack, account.id, 0).await?;
    for _ in 0..3 {
        assert_eq!(acme.try_token(account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    }
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    let now = acme.account(account.id).await?;
    assert_eq!(now.status, AccountStatus::NeedsReauth);
    assert!(now.status_reason.is_some());
    // Operators can quote Dropbox's own id of the request to Dropbox.
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.needs_reauth' AND length(detail->>'provider_request') = 32";
    assert_eq!(stack.database.count(told).await?, 1);
    // The user links again and gets the same account.
    let again =
        bowline_tests::Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert_eq!((again.id, again.status), (account.id, AccountStatus::Active.into()));
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_app_secret_breaks_the_connector_and_no_account_until_it_is_mended() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    acme.renew_app_secret(&stack, NEW_APP_SECRET);
    set_token_life(&stack, account.id, 0).await?;
    for _ in 0..3 {
        assert_eq!(acme.try_token(account.id).await?.refusal(), (502, "connector_broken".to_owned()));
    }
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    acme.set_app_secret(&stack, NEW_APP_SECRET).await?;
    acme.token(account.id).await?;
    Ok(())
}

/// Dropbox's answer about the old app secret does not apply to the new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_rejection_of_the_old_secret_does_not_break_a_repaired_connector() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    acme.renew_app_secret(&stack, NEW_APP_SECRET);
    set_token_life(&stack, account.id, 0).await?;
    let held = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh).after());
    let mend = async {
        a_call_is_held(&stack).await;
        acme.set_app_secret(&stack, NEW_APP_SECRET).await?;
        stack.dropbox.clear_fault(held);
        Ok(())
    };
    let (late, ()) = try_join(acme.try_token(account.id), mend).await?;
    assert_eq!(late.refusal(), (502, "connector_broken".to_owned()));
    acme.token(account.id).await?;
    let broken = "SELECT count(*) FROM connectors WHERE status <> 'active'";
    assert_eq!(stack.database.count(broken).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_account_keeps_its_tokens_and_hands_out_none() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.database.execute("UPDATE accounts SET status = 'suspended', status_reason = 'asked'", &[]).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (403, "account_suspended".to_owned()));
    set_token_life(&stack, account.id, 0).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (403, "account_suspended".to_owned()));
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);
    stack.database.execute("UPDATE accounts SET status = 'active', status_reason = NULL", &[]).await?;
    acme.token(account.id).await?;
    Ok(())
}
