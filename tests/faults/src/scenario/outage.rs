//! Dropbox is down for minutes, and comes back.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::AccessToken;
use bowline_tests::Tenant;
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::future::{join_all, try_join_all};

use super::{refused, says_when, seconds};
use crate::Bench;
use crate::catalogue::{Plan, Seen};

/// Accounts, of which every second has a token that is still alive.
const ACCOUNTS: usize = 20;
/// Seconds of the outage for each unit of size; the long command makes it ten minutes.
const SECONDS: u64 = 6;
const MANY_SECONDS: u64 = 600;
/// Between two rounds of all callers.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause of a circuit breaker, its healing, and slack.
const BACK: Duration = Duration::from_mins(2);

/// Valid tokens go out all the time, marked as degraded; the others are refused plainly; afterwards one refresh an account.
///
/// # Errors
/// Where that is not what happens.
pub async fn down(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().replicas(2).accounts(ACCOUNTS).start().await?;
    let all: Vec<AccountId> = bench.accounts.iter().map(|account| account.id).collect();
    let (dead, alive) = all.split_at(ACCOUNTS / 2);
    let lasts = Duration::from_secs(if plan.size >= 10 { MANY_SECONDS } else { SECONDS * plan.size as u64 });
    for account in dead {
        bench.expire(*account).await?;
    }
    for account in alive {
        // Long enough for the outage, and shorter than what is asked for.
        bench.set_life(*account, 3_000).await?;
        bench.ledger.expired();
    }
    let dropbox = &bench.stack.dropbox;
    let before = dropbox.calls().len();
    let status = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    dropbox.set_fault(FaultSpec::new(status));
    let started = Instant::now();
    let mut served = 0;
    while started.elapsed() < lasts {
        served += round(&bench, dead, alive).await?;
        tokio::time::sleep(PAUSE).await;
    }
    let calls = dropbox.calls().len() - before;
    // Without a breaker each account is asked for once in two seconds.
    let most = ACCOUNTS * (usize::try_from(started.elapsed().as_secs())? / 2 + 2);
    ensure!(calls <= most, "{calls} calls in {:?}", started.elapsed());
    dropbox.clear_faults();
    let (healed, after) = back(&bench, &all).await?;
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!(
            "{} down, {calls} calls meanwhile for {ACCOUNTS} accounts, {served} valid tokens served; all back after {} by {after} refreshes; {findings}",
            seconds(lasts),
            seconds(healed)
        ),
    ))
}

/// Everybody asks once; answers how many tokens went out.
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
        ensure!(token.degraded, "a token that lives too short is marked");
        bench.ledger.token(token.account_id, &token.access_token);
    }
    Ok(answers.len())
}

/// All callers at once, until all have a token that lives as long as they want; answers how long that took, and by how many calls.
async fn back(bench: &Bench, all: &[AccountId]) -> Result<(Duration, usize)> {
    let before = bench.stack.dropbox.count(Operation::TokenRefresh);
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
        tokio::time::sleep(PAUSE).await;
    }
    let calls = bench.stack.dropbox.count(Operation::TokenRefresh) - before;
    ensure!(calls <= all.len(), "{calls} refreshes for {} accounts", all.len());
    Ok((started.elapsed(), calls))
}
