//! Bowline behind PgBouncer, in both pool modes that are in use.
//!
//! Prepared statements in transaction mode need PgBouncer 1.21. Debian 12 has 1.18, so they are not tested here.

use anyhow::Result;
use bowline_tests::{Bouncer, Database, Edge, Mode, Operator, Person, Stack, Tenant};
use reqwest::Method;

use super::restart::{restarts_without_a_failed_request, three_behind};
use crate::common::set_token_life;

/// Fewer than the pools of the two replicas have, so that connections are shared and consecutive transactions rarely
/// use the same one.
const CONNECTIONS: u16 = 6;
/// In session mode each connection of a replica keeps one of the bouncer's, so there must be as many as both replicas may open
/// (`docs/running.md`): their pools of 16, and ten more each.
const SESSIONS: u16 = 52;

async fn works_behind(mode: Mode, prepared_statements: bool) -> Result<()> {
    let database = Database::fresh().await?;
    let bouncer =
        Bouncer::start(&database, mode, if mode == Mode::Session { SESSIONS } else { CONNECTIONS }).await?;
    let stack = Stack::builder()
        .database(database)
        .replicas(2)
        .setting("BOWLINE_LOG", "info")
        .setting("BOWLINE_DATABASE__URL", bouncer.url())
        .setting("BOWLINE_POOL__PREPARED_STATEMENTS", prepared_statements)
        .start()
        .await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let other = acme.at(stack.server(1).public_url());
    // The link flow through both.
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    // The token path with many callers, and a refresh with its lease.
    let calls =
        (0..200).map(|number| if number % 2 == 0 { acme.token(account.id) } else { other.token(account.id) });
    futures_util::future::try_join_all(calls).await?;
    set_token_life(&stack, account.id, 0).await?;
    let calls =
        (0..50).map(|number| if number % 2 == 0 { acme.token(account.id) } else { other.token(account.id) });
    futures_util::future::try_join_all(calls).await?;
    assert_eq!(stack.dropbox.count(dropbox_sim::Operation::TokenRefresh), 1);
    // The admin list, under a role that is set only for one transaction.
    let mut operator = Operator::create(&stack, "vera", "viewer").await?;
    operator.log_in().await?;
    let page = operator.call(Method::GET, "/admin/v1/accounts?limit=5", None).await?;
    assert_eq!(page.json()["items"][0]["id"], account.id.to_string(), "{}", page.text());
    // The worker.
    acme.revoke(account.id).await?;
    stack.wait_for_live_grants(0).await?;
    let failed = stack.logs().lines().filter(|line| line.contains("\"level\":\"ERROR\"")).count();
    assert_eq!(failed, 0, "{}\n{}", stack.logs(), bouncer.log());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_transaction_mode_without_prepared_statements() -> Result<()> {
    works_behind(Mode::Transaction, false).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_session_mode_with_prepared_statements() -> Result<()> {
    works_behind(Mode::Session, true).await
}

/// The deployed setup: HAProxy, three replicas, PgBouncer, Postgres.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_between_both_proxies_fails_no_request() -> Result<()> {
    let database = Database::fresh().await?;
    let bouncer = Bouncer::start(&database, Mode::Transaction, CONNECTIONS).await?;
    let edge = Edge::reserve()?;
    let stack = three_behind(&edge)
        .database(database)
        .setting("BOWLINE_DATABASE__URL", bouncer.url())
        .setting("BOWLINE_POOL__PREPARED_STATEMENTS", false)
        .start()
        .await?;
    restarts_without_a_failed_request(edge, stack).await
}
