//! There are fewer connections to Postgres than callers.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::AccessToken;
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::future::{join_all, try_join_all};

use super::{SLACK, patient_client, refused, says_when, seconds};
use crate::Bench;
use crate::catalogue::{Plan, Seen};

/// Callers who wait, for each unit of size.
const WAITERS: usize = 100;
const MANY: usize = 500;
/// Accounts whose refresh hangs, more than there are connections.
const HANGING: usize = 8;

/// Two connections and many waiters, whose refreshes hang in Dropbox: others are served all the same.
///
/// # Errors
/// Where somebody waits for ever, or a connection is held meanwhile.
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
            // More refreshes hang than there are connections, and still tokens are handed out.
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

/// Every connection hangs in a statement: those who wait are told so.
///
/// # Errors
/// Where they wait too long, or the process seems dead.
pub async fn exhausted(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().accounts(1).setting("BOWLINE_POOL__SIZE", 2).start().await?;
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    for _ in 0..plan.times {
        let mut locker = bench.stack.database.superuser().await?;
        let lock = locker.transaction().await?;
        lock.batch_execute("LOCK TABLE accounts, api_keys IN ACCESS EXCLUSIVE MODE").await?;
        let calls = (0..20).map(|_| async {
            let started = Instant::now();
            (bench.tenant.try_token(bench.account()).await, started.elapsed())
        });
        let alive = async {
            let started = Instant::now();
            let url = format!("{}/livez", bench.stack.server(0).internal_url());
            let status = bench.stack.http().get(url).send().await?.status().as_u16();
            anyhow::Ok((status, started.elapsed()))
        };
        let (answers, alive) = futures_util::future::join(join_all(calls), alive).await;
        ensure!(alive?.0 == 200, "/livez says that the process is dead");
        lock.rollback().await?;
        for (answer, took) in answers {
            let answer = answer?;
            refused(&answer, 503, "database_unavailable")?;
            says_when(&answer)?;
            slowest = slowest.max(took);
            count += 1;
        }
        // Two seconds for a connection, and two for the lock that its statement waits for.
        ensure!(slowest < Duration::from_secs(4) + SLACK, "refused after {slowest:?}");
        bench.healed().await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!(
            "{count} × 503 with Retry-After, the last after {}; /livez 200; {findings}",
            seconds(slowest)
        ),
    ))
}
