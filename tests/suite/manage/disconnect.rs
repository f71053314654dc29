//! A user ends the access to an account.

use anyhow::Result;
use bowline_api::status::AccountStatus;
use bowline_tests::until;
use dropbox_sim::Operation;
use futures_util::future::try_join_all;

use super::visit::{Visit, stage};
use crate::common::out_of_order;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_disconnects_after_a_question_and_repeating_it_does_no_harm() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let url = visit.action("disconnect", account);
    for _ in 0..3 {
        let question = amara.visit(&url).await?;
        assert_eq!(question.status, 200);
        let text = question.text();
        assert!(text.contains("a•••@example.com") && text.contains("id=\"keep\""), "{text}");
    }
    acme.token(account).await?;
    let presses = (0..4).map(|_| {
        let (mut browser, url) = (amara.clone(), url.clone());
        async move { browser.press_continue(&url).await }
    });
    for page in try_join_all(presses).await? {
        assert_eq!(page.status, 303, "{}", page.text());
        assert!(page.header("location").ends_with(&format!("#{account}")), "{}", page.header("location"));
    }
    assert_eq!(acme.try_token(account).await?.refusal(), (410, "account_revoked".to_owned()));
    let recorded =
        "SELECT count(*) FROM audit_events WHERE action = 'account.revoked' AND actor_kind = 'end_user'";
    assert_eq!(stack.database.count(recorded).await?, 1);
    let shown = acme.account(account).await?;
    assert_eq!(shown.status_reason.as_deref(), Some("revoked_by_user"));
    stack.wait_for_live_grants(0).await?;
    assert_eq!(stack.dropbox.count(Operation::Revoke), 1);
    // The question leads back to the page, where there is nothing left to ask.
    let question = amara.visit(&url).await?;
    assert_eq!(question.status, 303, "{}", question.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_dropbox_is_down_the_page_says_that_it_is_not_done_yet() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    stack.dropbox.set_fault(out_of_order(Operation::Revoke));
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    amara.press_continue(&visit.action("disconnect", account)).await?;
    assert_eq!(acme.try_token(account).await?.refusal(), (410, "account_revoked".to_owned()));
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains(">Being disconnected<") && !text.contains("/again/"), "{text}");
    stack.dropbox.clear_faults();
    stack.database.execute("UPDATE revocations SET next_attempt_at = now()", &[]).await?;
    until("the account to be revoked", async || {
        acme.account(account).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("Dropbox has ended the access"), "{text}");
    Ok(())
}
