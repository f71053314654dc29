//! A database that hangs, is busy or refuses writes: calls get 503 with a time to retry, and the service recovers by
//! itself.

use anyhow::{Context as _, Result};
use bowline_tests::{Answer, Database, Postgres, Stack, until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;

use crate::common::linked_on;

/// A Postgres whose processes are all stopped; dropping this continues them.
struct Stopped(Vec<Pid>);

impl Stopped {
    fn stop(postgres: &Postgres) -> Result<Self> {
        let postmaster = postgres.pid().context("Postgres is not private")?.cast_signed();
        let mut stopped = Self(vec![Pid::from_raw(postmaster)]);
        // The postmaster comes first, so that it creates no further processes.
        kill(Pid::from_raw(postmaster), Signal::SIGSTOP)?;
        let children = std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"))?;
        for child in children.split_whitespace() {
            let child = Pid::from_raw(child.parse()?);
            if kill(child, Signal::SIGSTOP).is_ok() {
                stopped.0.push(child);
            }
        }
        Ok(stopped)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for pid in self.0.iter().rev() {
            let _ = kill(*pid, Signal::SIGCONT);
        }
    }
}

fn is_unavailable(answer: &Answer) {
    assert_eq!(answer.refusal(), (503, "database_unavailable".to_owned()), "{}", answer.text());
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
}

async fn ops(stack: &Stack, path: &str) -> Result<u16> {
    let url = format!("{}{path}", stack.server(0).internal_url());
    Ok(stack.http().get(url).send().await?.status().as_u16())
}

async fn private(size: usize) -> Result<Stack> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let database = Database::fresh_in(postgres).await?;
    Stack::builder().database(database).setting("BOWLINE_POOL__SIZE", size).start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_hangs_is_503_and_the_server_is_well_once_it_goes_on() -> Result<()> {
    let (stack, acme, account) = linked_on(private(4).await?).await?;
    let fetch = async || acme.try_token(account.id).await;
    assert_eq!(fetch().await?.status, 200);
    let stopped = Stopped::stop(stack.database.postgres())?;
    let begun = std::time::Instant::now();
    // There are more calls than connections: some hang, and some wait for a connection.
    let answers = futures_util::future::try_join_all((0..12).map(|_| fetch())).await?;
    eprintln!("12 calls on a stopped Postgres: the last 503 after {:.1} s", begun.elapsed().as_secs_f64());
    answers.iter().for_each(is_unavailable);
    is_unavailable(&acme.revoke(account.id).await?);
    assert_eq!(ops(&stack, "/livez").await?, 200);
    assert_eq!(ops(&stack, "/readyz").await?, 503);
    drop(stopped);
    let begun = std::time::Instant::now();
    until("a token", async || fetch().await.ok().filter(|answer| answer.status == 200)).await?;
    eprintln!("well again after {:.1} s", begun.elapsed().as_secs_f64());
    until("the server to be ready", async || (ops(&stack, "/readyz").await.ok()? == 200).then_some(())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_hangs_in_the_middle_of_statements_is_503() -> Result<()> {
    let (stack, acme, account) = linked_on(private(4).await?).await?;
    let mut locker = stack.database.superuser().await?;
    let lock = locker.transaction().await?;
    lock.batch_execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE").await?;
    let watcher = stack.database.superuser().await?;
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let caller = acme.clone();
            tokio::spawn(async move { caller.try_token(account.id).await })
        })
        .collect();
    // The shared statement is sent and the rest waits behind it; from now on Postgres itself ends no statement.
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bowline-server' AND wait_event_type = 'Lock'";
    until("a statement to wait", async || {
        let waiting: i64 = watcher.query_one(sql, &[]).await.ok()?.get(0);
        (waiting > 0).then_some(())
    })
    .await?;
    let stopped = Stopped::stop(stack.database.postgres())?;
    let begun = std::time::Instant::now();
    for call in calls {
        is_unavailable(&call.await??);
    }
    eprintln!(
        "3 calls stopped within a statement: the last 503 after {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    drop(stopped);
    lock.rollback().await?;
    until("a token", async || acme.token(account.id).await.ok().map(drop)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_somebody_has_locked_is_503_and_the_process_lives() -> Result<()> {
    let (stack, acme, account) = linked_on(private(2).await?).await?;
    // Token calls wait for the lock up to their limit. They need no pooled connection; `pool-exhausted` in `faults`
    // covers the lack of one.
    let mut locker = stack.database.superuser().await?;
    let lock = locker.transaction().await?;
    lock.batch_execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE").await?;
    let begun = std::time::Instant::now();
    let answers = futures_util::future::try_join_all((0..12).map(|_| acme.try_token(account.id))).await?;
    eprintln!("12 calls on a locked table: the last 503 after {:.1} s", begun.elapsed().as_secs_f64());
    answers.iter().for_each(is_unavailable);
    assert_eq!(ops(&stack, "/livez").await?, 200);
    lock.rollback().await?;
    until("a token", async || acme.token(account.id).await.ok().map(drop)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backends_that_are_killed_cost_no_more_than_the_requests_on_them() -> Result<()> {
    let (stack, acme, account) = linked_on(private(4).await?).await?;
    futures_util::future::try_join_all((0..8).map(|_| acme.token(account.id))).await?;
    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'bowline-server'";
    assert!(stack.database.count(ended).await? > 0);
    // No caller waits for a dead connection: it is detected and replaced.
    until("a token", async || acme.token(account.id).await.ok().map(drop)).await?;
    for _ in 0..8 {
        acme.token(account.id).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_takes_no_more_writes_is_503_until_it_does() -> Result<()> {
    let (stack, acme, account) = linked_on(private(4).await?).await?;
    let read_only = async |on: bool| {
        let sql = format!("ALTER ROLE bowline_server SET default_transaction_read_only = {on}");
        stack.database.execute(&sql, &[]).await?;
        let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'bowline-server'";
        stack.database.count(ended).await
    };
    read_only(true).await?;
    until("the refusal", async || {
        let answer = acme
            .call(Method::POST, "/v1/link-sessions", Some(serde_json::to_value(acme.link_request("u")).ok()?))
            .await;
        answer.ok().filter(|answer| answer.status == 503).map(|answer| is_unavailable(&answer))
    })
    .await?;
    read_only(false).await?;
    until("a link session", async || acme.begin_link("user-2").await.ok().map(drop)).await?;
    acme.token(account.id).await?;
    Ok(())
}
