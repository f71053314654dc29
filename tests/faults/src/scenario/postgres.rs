//! Postgres fails under load.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::until;

use super::{SLACK, seconds};
use crate::plan::{Plan, Seen};
use crate::traffic::{Event, Traffic};
use crate::{Bench, Mode};

/// The maximum time until a caller is answered, whatever Postgres does.
const ANSWERED: Duration = Duration::from_secs(5);
/// The maximum time until tokens are available after Postgres is reachable again.
const HEALED: Duration = Duration::from_secs(10);
/// How long Postgres hangs. It is much longer than a caller may wait, so that answers do not depend on its recovery.
const HANGS: Duration = Duration::from_secs(15);
const CALLERS: usize = 8;
const TOKENS: usize = 40;

/// The measured effects of one kind of failure so far.
#[derive(Debug, Default)]
pub(super) struct Cost {
    healed: Duration,
    told: Duration,
}

impl Cost {
    /// Waits until tokens are available, which must not take too long.
    pub(super) async fn healed(&mut self, bench: &Bench) -> Result<()> {
        let took = bench.healed().await?;
        self.healed = self.healed.max(took);
        ensure!(took < HEALED + SLACK, "healed after {took:?}");
        // Ends the leases of refreshes whose write was lost, so that the scenario need not wait for them.
        bench.direct.execute("UPDATE refresh_leases SET held_until = now() WHERE held_until > now()").await?;
        Ok(())
    }

    /// Waits until as many callers as there are have been refused since the failure, which must not take too long.
    async fn told(&mut self, traffic: &Traffic, since: Instant) -> Result<()> {
        let refused = |event: &&Event| event.status == 503 && event.at + event.took > since;
        until("callers to be told", async || {
            (traffic.tally.events().iter().filter(refused).count() >= CALLERS).then_some(())
        })
        .await
        .with_context(|| traffic.tally.text())?;
        self.told = self.told.max(since.elapsed());
        Ok(())
    }

    /// Like [`told`](Self::told), for a Postgres that does not respond; keeps it hanging for [`HANGS`].
    async fn hangs(&mut self, traffic: &Traffic, since: Instant) -> Result<()> {
        self.told(traffic, since).await?;
        ensure!(self.told < ANSWERED + SLACK, "told after {:?}: {}", self.told, traffic.tally.text());
        // The sleep is the fault itself: Postgres hangs for this long.
        tokio::time::sleep_until((since + HANGS).into()).await;
        Ok(())
    }

    /// Ends the load, and checks that all callers were answered in time and that nothing was lost.
    pub(super) async fn reckon(&self, bench: &Bench, traffic: Traffic, times: usize) -> Result<Seen> {
        traffic.go_on_for(TOKENS).await?;
        let tally = traffic.finish().await?;
        tally.only(&[200, 503]).with_context(|| bench.warnings())?;
        let slowest = tally.slowest();
        ensure!(slowest < ANSWERED + SLACK, "a caller was answered after {slowest:?}: {}", tally.text());
        let findings = bench.check().await?;
        let told = if self.told.is_zero() {
            String::new()
        } else {
            format!("{CALLERS} × 503 after {} at most, ", seconds(self.told))
        };
        let text = format!(
            "{told}slowest answer {}, healed after {} at most; {}; {findings}",
            seconds(slowest),
            seconds(self.healed),
            tally.text()
        );
        Ok(Seen::new(times, text))
    }
}

/// Permits the losses that a failing database may cause: refreshes whose write was lost are repeated.
pub(super) fn allow(bench: &Bench) {
    bench.ledger.may_lose_answers(bench.accounts.len());
}

/// All backends are terminated, as by an administrator.
pub async fn backends_killed(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let ended = bench
            .direct
            .count(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'bowline-server'",
            )
            .await?;
        ensure!(ended > 0, "there was no backend to terminate");
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}

/// Postgres is restarted cleanly.
pub async fn restarted(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let since = Instant::now();
        bench.engine()?.stop().await?;
        cost.told(&traffic, since).await?;
        bench.engine()?.resume().await?;
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}

/// Postgres is killed and recovers from its write-ahead log.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let since = Instant::now();
        bench.engine()?.kill().await?;
        cost.told(&traffic, since).await?;
        bench.engine()?.resume().await?;
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}

/// Postgres accepts data but does not respond, so only the client's own timeouts help.
pub async fn hung(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let since = Instant::now();
        let frozen = bench.engine()?.freeze()?;
        cost.hangs(&traffic, since).await?;
        drop(frozen);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}

/// Packets to and from Postgres are lost.
pub async fn unreachable(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().proxied().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let since = Instant::now();
        bench.proxy()?.set(Mode::BlackHole);
        cost.hangs(&traffic, since).await?;
        bench.proxy()?.set(Mode::Forward);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}
