//! The primary dies and its synchronous standby is promoted: the server finds it, and everything that was acknowledged
//! is there.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_postgres::{Cluster, Options, SUPERUSER};
use bowline_tests::{Database, Person, Postgres, Stack, Tenant, until};

use crate::common::newcomer;

const REPLICAS: usize = 2;
const WRITERS: usize = 4;
/// The maximum time until each replica writes again after the promotion.
const RECONNECTS: Duration = Duration::from_secs(10);
/// The tolerance for a busy machine.
const SLACK: Duration = Duration::from_secs(3);
/// The rounds that must have been answered before the primary is killed, and again after the promotion.
const ROUNDS: usize = 8;

/// A primary and a synchronous standby, which has everything that the primary has acknowledged.
struct Pair {
    primary: Arc<Mutex<Option<Cluster>>>,
    standby: Arc<Cluster>,
    url: String,
}

fn synchronous() -> Options {
    Options::temporary().setting("synchronous_commit", "on")
}

impl Pair {
    /// The URL for the servers: both hosts, of which they use the one that accepts writes.
    fn url(primary: &Cluster, standby: &Cluster, database: &str) -> String {
        let escaped = |cluster: &Cluster| cluster.socket_dir().display().to_string().replace('/', "%2F");
        format!(
            "postgresql://bowline_server@{},{}/{database}?target_session_attrs=read-write",
            escaped(primary),
            escaped(standby)
        )
    }
}

/// What was acknowledged.
#[derive(Default)]
struct Acknowledged {
    linked: Mutex<Vec<AccountId>>,
    held: Mutex<Vec<AccountId>>,
    revoked: Mutex<Vec<AccountId>>,
    rounds: AtomicUsize,
    refused: AtomicUsize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Links, requests a first token, and revokes every other account; failures do not count.
async fn write(stack: &Stack, acme: &Tenant, writer: usize, done: &Acknowledged, stop: &AtomicBool) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let user = format!("user-{writer}-{number}");
        let mut person = newcomer(stack, &user);
        let round = async {
            let account = person.links(stack, acme, &user).await?.id;
            locked(&done.linked).push(account);
            acme.token(account).await?;
            locked(&done.held).push(account);
            if number % 2 == 0 {
                ensure!(acme.revoke(account).await?.status == 202);
                locked(&done.revoked).push(account);
            }
            anyhow::Ok(())
        };
        match round.await {
            Ok(()) => done.rounds.fetch_add(1, Ordering::Relaxed),
            Err(_) => done.refused.fetch_add(1, Ordering::Relaxed),
        };
    }
}

async fn rounds(done: &Acknowledged, more: usize) -> Result<()> {
    let from = done.rounds.load(Ordering::Relaxed);
    until("the writers to get answers", async || {
        (done.rounds.load(Ordering::Relaxed) >= from + more).then_some(())
    })
    .await
}

/// A migrated database on a primary with a synchronous standby.
async fn pair() -> Result<(Pair, Database)> {
    let primary =
        tokio::task::spawn_blocking(|| Cluster::start(synchronous().max_connections(200))).await??;
    // The handle for the tests gets only the address, because the cluster beneath it is killed.
    let superuser = Postgres::at(&primary.url(SUPERUSER, SUPERUSER))?;
    let database = Database::fresh_in(superuser).await?;
    let (primary, standby) = tokio::task::spawn_blocking(move || -> Result<_> {
        let standby = Cluster::start(synchronous().max_connections(200).standby_of(&primary))?;
        primary.execute(SUPERUSER, "ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        primary.execute(SUPERUSER, "SELECT pg_reload_conf()")?;
        Ok((primary, standby))
    })
    .await??;
    let url = Pair::url(&primary, &standby, database.name());
    until("the standby to be synchronous", async || {
        let sql = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        database.count(sql).await.ok().filter(|count| *count == 1)
    })
    .await?;
    Ok((Pair { primary: Arc::new(Mutex::new(Some(primary))), standby: Arc::new(standby), url }, database))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_when_the_standby_takes_over() -> Result<()> {
    let (pair, database) = pair().await?;
    let name = database.name().to_owned();
    let stack = Stack::builder()
        .replicas(REPLICAS)
        .database(database)
        .setting("BOWLINE_LOG", "info")
        .setting("BOWLINE_DATABASE__URL", &pair.url)
        .start()
        .await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let everywhere: Vec<Tenant> =
        (0..REPLICAS).map(|number| acme.at(stack.server(number).public_url())).collect();
    let (stack, stop, done) =
        (Arc::new(stack), Arc::new(AtomicBool::new(false)), Arc::new(Acknowledged::default()));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let there = everywhere[writer % REPLICAS].clone();
            let (stack, done, stop) = (Arc::clone(&stack), Arc::clone(&done), Arc::clone(&stop));
            tokio::spawn(async move { write(&stack, &there, writer, &done, &stop).await })
        })
        .collect();
    rounds(&done, ROUNDS).await?;
    let killed = Arc::clone(&pair.primary);
    tokio::task::spawn_blocking(move || -> Result<()> {
        let mut primary = locked(&killed).take().context("the primary was already killed")?;
        Ok(primary.kill()?)
    })
    .await??;
    let standby = Arc::clone(&pair.standby);
    tokio::task::spawn_blocking(move || standby.execute(SUPERUSER, "SELECT pg_promote(true, 60)")).await??;
    let promoted = Instant::now();
    for there in &everywhere {
        until("the first write after the promotion", async || there.begin_link("user").await.ok()).await?;
    }
    let reconnected = promoted.elapsed();
    eprintln!("both replicas write {:.1} s after the promotion", reconnected.as_secs_f64());
    ensure!(reconnected < RECONNECTS + SLACK, "reconnected after {reconnected:?}");
    rounds(&done, ROUNDS).await?;
    stop.store(true, Ordering::Relaxed);
    futures_util::future::join_all(writers).await;

    let there = Postgres::of(Arc::clone(&pair.standby))?.connect(SUPERUSER, &name).await?;
    let kept = async |what: &str, found: &str, ids: &Mutex<Vec<AccountId>>| -> Result<usize> {
        let ids: Vec<String> = locked(ids).iter().map(|id| id.uuid().to_string()).collect();
        let sql = format!(
            "SELECT count(*) FROM unnest($1::text[]::uuid[]) AS said(id) WHERE NOT EXISTS (SELECT 1 FROM {found})"
        );
        let lost: i64 = there.query_one(&sql, &[&ids]).await?.get(0);
        ensure!(lost == 0, "{lost} of {} acknowledged {what} are lost", ids.len());
        Ok(ids.len())
    };
    let linked = kept("accounts", "accounts WHERE accounts.id = said.id", &done.linked).await?;
    let held = kept("holdings", "token_holdings WHERE account_id = said.id", &done.held).await?;
    let gone = "accounts WHERE accounts.id = said.id AND status IN ('revoking', 'revoked')";
    let revoked = kept("revocations", gone, &done.revoked).await?;
    let refused = done.refused.load(Ordering::Relaxed);
    eprintln!(
        "{linked} accounts, {held} holdings and {revoked} revocations kept; {refused} rounds refused meanwhile"
    );
    ensure!(linked > 0 && held > 0 && revoked > 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_the_standby_does_not_have_is_not_answered_with_success() -> Result<()> {
    let (pair, database) = pair().await?;
    let stack = Stack::builder()
        .database(database)
        .setting("BOWLINE_LOG", "info")
        .setting("BOWLINE_DATABASE__URL", &pair.url);
    let stack = stack.start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    // The standby is running but does not respond.
    let pid = nix::unistd::Pid::from_raw(pair.standby.pid().cast_signed());
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let receivers: Vec<nix::unistd::Pid> = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .map(nix::unistd::Pid::from_raw)
        .collect();
    for receiver in &receivers {
        nix::sys::signal::kill(*receiver, nix::sys::signal::Signal::SIGSTOP)?;
    }
    let caller = acme.clone();
    let revoke = tokio::spawn(async move { caller.revoke(account.id).await });
    // A database administrator cancels the wait: Postgres reports the commit as done, with a warning.
    until("the commit to be waited for, and the wait to be cancelled", async || {
        let sql = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";
        stack.database.count(sql).await.ok().filter(|count| *count > 0)
    })
    .await?;
    let answer = revoke.await??;
    for receiver in &receivers {
        nix::sys::signal::kill(*receiver, nix::sys::signal::Signal::SIGCONT)?;
    }
    assert_eq!(answer.refusal(), (503, "database_unavailable".to_owned()), "{}", answer.text());
    assert!(answer.text().contains("did not confirm"), "{}", answer.text());
    until("the revoke to be confirmed", async || {
        (acme.revoke(account.id).await.ok()?.status == 202).then_some(())
    })
    .await
}
