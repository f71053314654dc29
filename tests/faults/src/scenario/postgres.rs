//! Postgres itself fails, under load.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::until;

use super::{SLACK, seconds};
use crate::catalogue::{Plan, Seen};
use crate::load::Load;
use crate::{Bench, Mode};

/// A caller is answered so soon, whatever Postgres does.
const ANSWERED: Duration = Duration::from_secs(5);
/// Tokens can be had so soon after Postgres can be asked again.
const HEALED: Duration = Duration::from_secs(10);
/// How long Postgres hangs.
const HANGS: Duration = Duration::from_secs(15);
const CALLERS: usize = 8;
const TOKENS: usize = 40;

/// What one kind of failure has cost so far.
#[derive(Debug, Default)]
pub(super) struct Cost {
    healed: Duration,
}

impl Cost {
    /// Waits until tokens can be had, which must not take too long.
    pub(super) async fn healed(&mut self, bench: &Bench) -> Result<()> {
        let took = bench.healed().await?;
        self.healed = self.healed.max(took);
        ensure!(took < HEALED + SLACK, "healed after {took:?}");
        // Leases of those whose write was lost run out, which nobody waits for here.
        bench.direct.execute("UPDATE refresh_leases SET held_until = now() WHERE held_until > now()").await?;
        Ok(())
    }

    /// Ends the load, and checks that everybody was answered in time and nothing is lost.
    pub(super) async fn reckon(&self, bench: &Bench, load: Load, times: usize) -> Result<Seen> {
        load.go_on_for(TOKENS).await?;
        let tally = load.finish().await?;
        tally.only(&[200, 503]).with_context(|| bench.warnings())?;
        let slowest = tally.slowest();
        ensure!(slowest < ANSWERED + SLACK, "somebody was answered after {slowest:?}: {}", tally.text());
        let findings = bench.check().await?;
        let text = format!(
            "slowest answer {}, healed after {} at most; {}; {findings}",
            seconds(slowest),
            seconds(self.healed),
            tally.text()
        );
        Ok(Seen::new(times, text))
    }
}

/// What a failing database may cost besides: refreshes whose write was lost are done again.
pub(super) fn allow(bench: &Bench) {
    bench.ledger.may_lose_answers(bench.accounts.len());
}

async fn waits_for_an_outage(load: &Load) -> Result<()> {
    until("callers to notice", async || {
        load.tally.events().iter().rev().take(CALLERS).any(|event| event.status == 503).then_some(())
    })
    .await
    .with_context(|| load.tally.text())
}

/// Every backend is terminated, as by an administrator.
///
/// # Errors
/// Where it does not heal, or something is lost.
pub async fn backends_killed(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().accounts(6).start().await?;
    let load = bench.load(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        allow(&bench);
        let ended = bench
            .direct
            .count(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'bowline-server'",
            )
            .await?;
        ensure!(ended > 0, "there was no backend to end");
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, load, plan.times).await
}

/// Postgres is restarted in good order.
///
/// # Errors
/// Where it does not heal, or something is lost.
pub async fn restarted(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let load = bench.load(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        allow(&bench);
        bench.engine()?.stop().await?;
        waits_for_an_outage(&load).await?;
        bench.engine()?.resume().await?;
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, load, plan.times).await
}

/// Postgres is killed, and comes back by its write-ahead log.
///
/// # Errors
/// Where it does not heal, or something is lost.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let load = bench.load(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        allow(&bench);
        bench.engine()?.kill().await?;
        waits_for_an_outage(&load).await?;
        bench.engine()?.resume().await?;
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, load, plan.times).await
}

/// Postgres takes what is sent and answers nothing. The client's own time-outs are what helps.
///
/// # Errors
/// Where a caller waits too long, it does not heal, or something is lost.
pub async fn hung(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let load = bench.load(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        allow(&bench);
        let started = Instant::now();
        let frozen = bench.engine()?.freeze()?;
        // That is the fault: it lasts so long.
        tokio::time::sleep_until((started + HANGS).into()).await;
        drop(frozen);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, load, plan.times).await
}

/// Packets to and from Postgres vanish.
///
/// # Errors
/// Where a caller waits too long, it does not heal, or something is lost.
pub async fn unreachable(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().proxied().accounts(6).start().await?;
    let load = bench.load(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        allow(&bench);
        let started = Instant::now();
        bench.proxy()?.set(Mode::BlackHole);
        // That is the fault: it lasts so long.
        tokio::time::sleep_until((started + HANGS).into()).await;
        bench.proxy()?.set(Mode::Forward);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, load, plan.times).await
}
