//! Thousands of callers request one expired token.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use bowline_api::v1::AccessToken;
use bowline_tests::Answer;
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{parked, patient_client, refused, says_when, seconds};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The number of callers per unit of size, and in `cargo faults`.
const CALLERS: usize = 300;
const MANY: usize = 10_000;

fn callers(plan: Plan) -> usize {
    if plan.size >= 10 { MANY } else { CALLERS * plan.size }
}

async fn bench() -> Result<Bench> {
    // With a debug build on a busy machine, callers may wait longer for the database than usual.
    Bench::builder().replicas(3).accounts(1).setting("BOWLINE_POOL__WAIT_SECONDS", 60).start().await
}

/// Calls all replicas at once. If Dropbox is paused, it continues after the first request has arrived.
async fn all_at_once(bench: &Bench, count: usize, pause: bool) -> Result<Vec<Answer>> {
    let client = patient_client()?;
    let tenants: Vec<_> = bench.fleet.all().map(|tenant| tenant.with_client(client.clone())).collect();
    let account = bench.account();
    let calls = futures_util::stream::iter(0..count)
        .map(|number| {
            let tenant = &tenants[number % tenants.len()];
            async move { tenant.try_token(account).await }
        })
        .buffer_unordered(count)
        .try_collect::<Vec<_>>();
    let release = async {
        if !pause {
            return Ok(());
        }
        parked(&bench.stack, Operation::TokenRefresh).await?;
        bench.stack.dropbox.clear_faults();
        Ok(())
    };
    let (answers, ()) = futures_util::future::try_join(calls, release).await?;
    Ok(answers)
}

/// Exactly one refresh, whose token all callers receive.
pub async fn storm(plan: Plan) -> Result<Seen> {
    let bench = bench().await?;
    let count = callers(plan);
    let mut took = Vec::new();
    for round in 1..=plan.times {
        bench.expire(bench.account()).await?;
        bench.stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh));
        let started = Instant::now();
        let answers = all_at_once(&bench, count, true).await?;
        took.push(started.elapsed());
        let tokens = answers.iter().map(Answer::good).collect::<Result<Vec<AccessToken>>>();
        let tokens = tokens.with_context(|| bench.warnings())?;
        let first = &tokens[0].access_token;
        ensure!(tokens.iter().all(|token| token.access_token == *first && !token.degraded), "tokens differ");
        bench.ledger.token(bench.account(), first);
        let calls = bench.stack.dropbox.count(Operation::TokenRefresh);
        ensure!(calls == round, "{calls} refreshes for {round} expiries");
    }
    let findings = bench.check().await?;
    let longest = took.iter().max().copied().unwrap_or_default();
    Ok(Seen::new(
        plan.times,
        format!("{count} callers, 1 refresh each time, all answered in {}; {findings}", seconds(longest)),
    ))
}

/// One call, the same refusal for all callers, and a pause without further calls.
pub async fn storm_fails(plan: Plan) -> Result<Seen> {
    let bench = bench().await?;
    let count = callers(plan);
    for _ in 0..plan.times {
        bench.expire(bench.account()).await?;
        let dropbox = &bench.stack.dropbox;
        let asked = dropbox.count(Operation::TokenRefresh);
        let limited = FaultSpec::new(FaultKind::RateLimit { retry_after: 600 }).on(Operation::TokenRefresh);
        let fault = dropbox.set_fault(limited);
        let answers = all_at_once(&bench, count, false).await?;
        for answer in &answers {
            refused(answer, 503, "provider_unavailable")?;
            ensure!(says_when(answer)? > 2, "Dropbox asked for ten minutes");
        }
        let calls = dropbox.count(Operation::TokenRefresh);
        ensure!(calls == asked + 1, "{} calls for {count} callers", calls - asked);
        // Dropbox works again, but it requested a pause, so it is not called.
        dropbox.clear_fault(fault);
        for tenant in bench.fleet.all() {
            let answer = tenant.try_token(bench.account()).await?;
            refused(&answer, 503, "provider_unavailable")?;
            says_when(&answer)?;
        }
        ensure!(dropbox.count(Operation::TokenRefresh) == calls, "a replica called Dropbox during the pause");
        bench.end_cool_downs().await?;
        bench.healed().await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("{count} callers, 1 call, {count} × 503 with Retry-After; {findings}")))
}
