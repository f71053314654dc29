//! Dropbox is down for minutes and then recovers.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::AccessToken;
use bowline_tests::Tenant;
use chrono::TimeDelta;
use dropbox_sim::{Call, FaultKind, FaultSpec};
use futures_util::future::{join_all, try_join_all};

use super::{refused, says_when, seconds};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The number of accounts; half of them have a token that is still valid.
const ACCOUNTS: usize = 20;
/// Seconds of outage per unit of size; `cargo faults` uses ten minutes.
const SECONDS: u64 = 6;
const MANY_SECONDS: u64 = 600;
/// The pauses between two rounds of all callers, during the outage and after it.
const PAUSE: Duration = Duration::from_millis(500);
const AGAIN: Duration = Duration::from_millis(100);
/// The number of failures that open the breaker, its pauses, and its recovery per second (`service/token/breaker/machine.rs`).
const OPENS: usize = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const FIRST_CALLS: usize = 2;
const HEALING_SECONDS: u32 = 10;
/// The longest pause of a breaker, its recovery, and some tolerance.
const BACK: Duration = Duration::from_mins(2);

/// During the outage, valid tokens are issued and marked as degraded, other requests are refused clearly, and the
/// breaker occasionally lets one call through. Afterwards the breaker first admits few calls per second and then more.
pub async fn down(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().replicas(2).accounts(ACCOUNTS).start().await?;
    let lasts = Duration::from_secs(if plan.size >= 10 { MANY_SECONDS } else { SECONDS * plan.size as u64 });
    let mut seen = Vec::new();
    for round in 0..plan.times {
        if round > 0 {
            // Successful calls keep a breaker closed for a while in the process that made them; a restart forgets them.
            for replica in 0..2 {
                bench.stack.server_mut(replica).kill().await?;
                bench.stack.server_mut(replica).start().await?;
            }
            bench.end_cool_downs().await?;
        }
        seen.push(outage(&bench, lasts).await?);
    }
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("{} down for {ACCOUNTS} accounts: {}; {findings}", seconds(lasts), seen.join("; ")),
    ))
}

/// One outage; returns a short summary.
async fn outage(bench: &Bench, lasts: Duration) -> Result<String> {
    let all: Vec<AccountId> = bench.accounts.iter().map(|account| account.id).collect();
    let (dead, alive) = all.split_at(ACCOUNTS / 2);
    for account in dead {
        bench.expire(*account).await?;
    }
    for account in alive {
        // Long enough for the outage, but shorter than the requested lifetime.
        bench.set_life(*account, 3_000).await?;
        bench.ledger.expired();
    }
    let dropbox = &bench.stack.dropbox;
    let before = dropbox.calls().len();
    let status = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    dropbox.set_fault(FaultSpec::new(status));
    let started = Instant::now();
    // One after another, so that no other call is in progress when the last one opens the breaker.
    for (number, account) in dead.iter().take(OPENS).enumerate() {
        let answer = bench.at(number % 2).try_token(*account).await?;
        refused(&answer, 503, "provider_unavailable")?;
        says_when(&answer)?;
    }
    let opening = dropbox.calls().len() - before;
    ensure!(opening == OPENS, "{opening} calls opened the breaker");
    let mut served = 0;
    while started.elapsed() < lasts {
        served += round(bench, dead, alive).await?;
        tokio::time::sleep(PAUSE).await;
    }
    let so_far = dropbox.calls().len();
    let calls = so_far - before;
    // Without a breaker, each account would be refreshed immediately and after 2, 6, 14, 30, 46, … seconds.
    let most = OPENS + tries(started.elapsed());
    ensure!(calls <= most, "{calls} calls in {:?}, more than {most}", started.elapsed());
    dropbox.clear_faults();
    let (healed, first_second) = back(bench, &all, so_far).await?;
    Ok(format!(
        "{calls} calls meanwhile, {served} valid tokens served; all back {} later, {first_second} calls in the first second",
        seconds(healed)
    ))
}

/// How many single calls a breaker admits in this time. Its pauses are 5, 10, 20, 30, 30, … seconds or slightly more.
fn tries(lasts: Duration) -> usize {
    let (mut at, mut pause, mut count) = (FIRST_PAUSE, FIRST_PAUSE, 0);
    while at <= lasts {
        count += 1;
        pause = LONGEST_PAUSE.min(pause * 2);
        at += pause;
    }
    count
}

/// Requests every token once; returns how many were issued.
async fn round(bench: &Bench, dead: &[AccountId], alive: &[AccountId]) -> Result<usize> {
    let tenants: Vec<_> = bench.fleet.all().collect();
    let asked = dead.iter().flat_map(|account| tenants.iter().map(move |tenant| tenant.try_token(*account)));
    for answer in try_join_all(asked).await? {
        refused(&answer, 503, "provider_unavailable")?;
        says_when(&answer)?;
    }
    let asked = alive
        .iter()
        .flat_map(|account| tenants.iter().map(move |tenant| tenant.try_token_for(*account, 3_600)));
    let answers = try_join_all(asked).await?;
    for answer in &answers {
        let token: AccessToken = answer.good()?;
        ensure!(token.degraded, "a token that expires too early is marked as degraded");
        bench.ledger.token(token.account_id, &token.access_token);
    }
    Ok(answers.len())
}

/// Requests all tokens simultaneously until every caller has a token with the requested lifetime. Returns how long that
/// took, and the number of calls within a second of the first successful one. `before` is the number of calls during
/// the outage.
async fn back(bench: &Bench, all: &[AccountId], before: usize) -> Result<(Duration, usize)> {
    let started = Instant::now();
    let mut waiting: HashSet<AccountId> = all.iter().copied().collect();
    while !waiting.is_empty() {
        ensure!(started.elapsed() < BACK, "{} accounts are still not served", waiting.len());
        let asked = waiting.iter().flat_map(|account| {
            let call = move |tenant: &'_ Tenant| {
                let tenant = tenant.clone();
                async move { (*account, tenant.try_token_for(*account, 3_600).await) }
            };
            bench.fleet.all().map(call)
        });
        let answers = join_all(asked).await;
        for (account, answer) in answers {
            if let Ok(token) = answer.and_then(|answer| answer.good::<AccessToken>())
                && !token.degraded
            {
                bench.ledger.token(account, &token.access_token);
                waiting.remove(&account);
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
    let took = started.elapsed();
    let calls = bench.stack.dropbox.calls().split_off(before);
    ensure!(calls.len() <= all.len(), "{} refreshes for {} accounts", calls.len(), all.len());
    Ok((took, ramps(&calls)?))
}

/// The calls after the first successful one may double every second: 2, 4, 8, …; returns how many calls were made in
/// the first second.
///
/// The breaker starts counting after the first call, and a call arrives here after the breaker has admitted it. The
/// number of calls seen at any time is therefore at most the number that was admitted.
fn ramps(calls: &[Call]) -> Result<usize> {
    let first = calls.first().context("Dropbox was not called")?.at;
    let within = |seconds: u32| {
        calls.iter().filter(|call| call.at - first < TimeDelta::seconds(seconds.into())).count()
    };
    for second in 1..=HEALING_SECONDS {
        let most = 1 + FIRST_CALLS * (2_usize.pow(second) - 1);
        ensure!(
            within(second) <= most,
            "{} calls in {second} s, and not {most}: {:?} ms after the first",
            within(second),
            calls.iter().map(|call| (call.at - first).num_milliseconds()).collect::<Vec<_>>()
        );
    }
    Ok(within(1))
}
