//! Refresh-ahead: after the answer, once, and only for tokens in use.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_tests::{Person, Stack, until};
use dropbox_sim::Operation;

use crate::common::{linked, linked_on};

/// Sets an account's token to an age of four hours and this many remaining minutes.
async fn set_minutes_left(stack: &Stack, account: AccountId, minutes: i64) -> Result<()> {
    let change = format!(
        "refreshed_at = now() - interval '4 hours', access_expires_at = now() + interval '{minutes} minutes'"
    );
    let edited = stack.resealer().edit_accounts(&change, &format!("id = '{}'", account.uuid())).await?;
    anyhow::ensure!(edited == 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_near_its_end_is_refreshed_behind_the_answer_once() -> Result<()> {
    let (stack, acme, account) = linked_on(super::patient(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    let old = acme.token(account.id).await?.access_token;
    set_minutes_left(&stack, account.id, 10).await?;
    let calls = (0..50).map(|number| if number % 2 == 0 { &acme } else { &there }.token(account.id));
    for token in futures_util::future::try_join_all(calls).await? {
        assert!(!token.degraded);
    }
    let fresh = until("a fresh token", async || {
        acme.token(account.id).await.ok().filter(|token| token.access_token != old)
    })
    .await?;
    assert_eq!(there.token(account.id).await?.access_token, fresh.access_token);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_are_fresh_or_unused_are_not_refreshed_ahead() -> Result<()> {
    let (stack, acme, due) = linked().await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let long = amara.links(&stack, &acme, "long").await?;
    let unused = amara.links(&stack, &acme, "unused").await?;
    set_minutes_left(&stack, long.id, 31).await?;
    set_minutes_left(&stack, unused.id, 10).await?;
    set_minutes_left(&stack, due.id, 10).await?;
    acme.token(long.id).await?;
    acme.token(due.id).await?;
    let generation = |account: AccountId| {
        let sql = format!("SELECT generation FROM accounts WHERE id = '{}'", account.uuid());
        let database = &stack.database;
        async move { database.count(&sql).await }
    };
    until("the one that is due", async || generation(due.id).await.ok().filter(|number| *number == 2))
        .await?;
    assert_eq!((generation(long.id).await?, generation(unused.id).await?), (1, 1));
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_refreshed_ahead_while_the_breaker_is_open() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let open =
        "INSERT INTO connector_health (tenant_id, connector_id, window_started_at, failures, successes,
            opened_at, retry_at, openings)
        SELECT tenant_id, id, now(), 5, 0, now(), now() + interval '1 hour', 1 FROM connectors";
    stack.database.execute(open, &[]).await?;
    set_minutes_left(&stack, account.id, 10).await?;
    assert!(!acme.token(account.id).await?.degraded, "the token is valid for long enough");
    let metrics = format!("{}/metrics", stack.server(0).internal_url());
    until("the try to be given up", async || {
        let text = stack.http().get(&metrics).send().await.ok()?.text().await.ok()?;
        text.contains("bowline_refresh_ahead_total{outcome=\"failed\"} 1").then_some(())
    })
    .await?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);
    Ok(())
}
