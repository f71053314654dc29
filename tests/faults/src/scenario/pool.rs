//! The connection pool is smaller than the number of callers.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::{AccessToken, CreateLinkSession};
use bowline_tests::{Answer, Link};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, join_all, try_join_all};
use reqwest::Method;

use super::{SLACK, patient_client, refused, says_when, seconds};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The number of waiting callers per unit of size.
const WAITERS: usize = 100;
const MANY: usize = 500;
/// The number of accounts whose refresh hangs, which exceeds the number of connections.
const HANGING: usize = 8;
/// How long a caller waits for a connection, and how long the connections are held at most.
const WAIT: Duration = Duration::from_secs(2);
const HELD: Duration = Duration::from_mins(1);
/// The number of callers of each kind that find no connection.
const CALLERS: usize = 6;

/// With two connections and many callers whose refreshes hang in Dropbox, other callers are still served.
pub async fn small(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder()
        .accounts(HANGING + 2)
        .setting("BOWLINE_POOL__SIZE", 2)
        .setting("BOWLINE_POOL__WAIT_SECONDS", 60)
        .start()
        .await?;
    let waiters = if plan.size >= 10 { MANY } else { WAITERS * plan.size };
    let all: Vec<AccountId> = bench.accounts.iter().map(|account| account.id).collect();
    let (hanging, free) = all.split_at(HANGING);
    let tenant = bench.tenant.with_client(patient_client()?);
    let mut took = Vec::new();
    for _ in 0..plan.times {
        for account in hanging {
            bench.expire(*account).await?;
        }
        let dropbox = &bench.stack.dropbox;
        let before = dropbox.count(Operation::TokenRefresh);
        dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh));
        let calls = hanging.iter().cycle().take(waiters).map(|account| tenant.try_token(*account));
        let meanwhile = async {
            let parked = |call: &dropbox_sim::Call| call.state == dropbox_sim::CallState::Parked;
            ensure!(
                dropbox.wait_for_calls(HANGING, bowline_tests::PATIENCE, parked).await,
                "not all refresh"
            );
            // More refreshes hang than there are connections, but tokens are still issued.
            let served = try_join_all(free.iter().map(|account| tenant.token(*account))).await;
            dropbox.clear_faults();
            served
        };
        let started = Instant::now();
        let (answers, served) = futures_util::future::join(try_join_all(calls), meanwhile).await;
        took.push(started.elapsed());
        for token in served? {
            bench.ledger.token(token.account_id, &token.access_token);
        }
        for answer in answers? {
            let token: AccessToken = answer.good()?;
            bench.ledger.token(token.account_id, &token.access_token);
        }
        let calls = dropbox.count(Operation::TokenRefresh) - before;
        ensure!(calls == HANGING, "{calls} refreshes of {HANGING} accounts");
    }
    let findings = bench.check().await?;
    let longest = took.iter().max().copied().unwrap_or_default();
    Ok(Seen::new(
        plan.times,
        format!("{waiters} waiters on 2 connections, all answered in {}; {findings}", seconds(longest)),
    ))
}

/// Waiting statements hold both connections: callers that need a connection are refused, and callers that need none are
/// served.
pub async fn exhausted(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder()
        .accounts(1 + CALLERS)
        .setting("BOWLINE_POOL__SIZE", 2)
        // The statement timeout must not end the wait of the callers.
        .setting("BOWLINE_POOL__STATEMENT_SECONDS", HELD.as_secs())
        .start()
        .await?;
    let gate = Gate::build(&bench).await?;
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    for _ in 0..plan.times {
        for account in &bench.accounts[1..] {
            bench.expire(account.id).await?;
        }
        let refreshes = bench.stack.dropbox.count(Operation::TokenRefresh);
        gate.shut().await?;
        let holders = [0, 1].map(|number| {
            let (tenant, account) = (bench.tenant.clone(), bench.accounts[number].clone());
            tokio::spawn(async move { tenant.begin_relink(&account.external_user_id, account.id).await })
        });
        gate.holds(2).await?;
        let (answers, served) = futures_util::future::join(join_all(callers(&bench)), served(&bench)).await;
        served?;
        gate.holds(2).await?;
        for (answer, took) in answers {
            let answer = answer?;
            refused(&answer, 503, "database_unavailable")?;
            says_when(&answer)?;
            slowest = slowest.max(took);
            count += 1;
        }
        ensure!(slowest < WAIT + SLACK, "refused after {slowest:?}");
        let asked = bench.stack.dropbox.count(Operation::TokenRefresh) - refreshes;
        ensure!(asked == 0, "Dropbox was called {asked} times without a connection to store the answer");
        gate.open().await?;
        for holder in holders {
            holder.await??;
        }
        bowline_tests::until("a connection to be had", async || bench.tenant.accounts().await.ok().map(drop))
            .await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!(
            "{count} × 503 with Retry-After, the last after {}; valid tokens served meanwhile, /livez 200; {findings}",
            seconds(slowest)
        ),
    ))
}

/// Timed calls that each need a connection from the pool: to read, to write, and to refresh an expired token.
fn callers(bench: &Bench) -> Vec<LocalBoxFuture<'_, (Result<Answer>, Duration)>> {
    let tenant = &bench.tenant;
    let reads = (0..CALLERS).map(|_| tenant.call(Method::GET, "/v1/accounts", None).boxed_local());
    // A session that links an account again is created in a transaction of its own.
    let writes = bench.accounts[1..].iter().map(|account| {
        let link = CreateLinkSession {
            account_id: Some(account.id),
            completion_challenge: Some(Link::challenge(&Link::new_verifier())),
            ..tenant.link_request(&account.external_user_id)
        };
        let wanted = serde_json::to_value(link);
        async move { tenant.call(Method::POST, "/v1/link-sessions", Some(wanted?)).await }.boxed_local()
    });
    let refreshes = bench.accounts[1..].iter().map(|account| tenant.try_token(account.id).boxed_local());
    reads.chain(writes).chain(refreshes).map(|call| timed(call).boxed_local()).collect()
}

async fn timed(call: LocalBoxFuture<'_, Result<Answer>>) -> (Result<Answer>, Duration) {
    let started = Instant::now();
    (call.await, started.elapsed())
}

/// The process reports that it is alive, and a valid token is issued, because the token path has its own connections.
async fn served(bench: &Bench) -> Result<()> {
    let url = format!("{}/livez", bench.stack.server(0).internal_url());
    let alive = bench.stack.http().get(url).send().await?.status().as_u16();
    ensure!(alive == 200, "/livez returned {alive}");
    let token = bench.tenant.token(bench.account()).await?;
    bench.ledger.token(token.account_id, &token.access_token);
    Ok(())
}

/// A point in the database where inserts of link sessions wait until the statement timeout.
struct Gate {
    keeper: tokio_postgres::Client,
}

impl Gate {
    async fn build(bench: &Bench) -> Result<Self> {
        let keeper = bench.stack.database.superuser().await?;
        keeper
            .batch_execute(
                "CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
                     $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
                 CREATE TRIGGER gate BEFORE INSERT ON link_sessions
                     FOR EACH ROW EXECUTE FUNCTION wait_at_the_gate()",
            )
            .await?;
        Ok(Self { keeper })
    }

    async fn shut(&self) -> Result<()> {
        Ok(self.keeper.batch_execute("SELECT pg_advisory_lock(1)").await?)
    }

    async fn open(&self) -> Result<()> {
        Ok(self.keeper.batch_execute("SELECT pg_advisory_unlock(1)").await?)
    }

    /// Waits until this many statements wait, at the gate or for one that waits there.
    async fn holds(&self, count: i64) -> Result<()> {
        let sql = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = 'bowline-server' AND wait_event_type = 'Lock'";
        bowline_tests::until("statements to wait at the gate", async || {
            let waiting: i64 = self.keeper.query_one(sql, &[]).await.ok()?.get(0);
            (waiting == count).then_some(())
        })
        .await
    }
}
