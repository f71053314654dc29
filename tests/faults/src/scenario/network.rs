//! The network to Postgres is bad.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::until;

use super::postgres::{Cost, allow};
use crate::plan::{Plan, Seen};
use crate::{Bench, Mode};

const CALLERS: usize = 8;
const TOKENS: usize = 40;
/// The delay of every packet in each direction.
const DELAY: Duration = Duration::from_millis(20);

/// Connections are refused: callers get an error immediately, and service resumes as soon as connections are accepted.
pub async fn refused(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().proxied().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let before = traffic.tally.statuses().get(&503).copied().unwrap_or(0);
        bench.proxy()?.set(Mode::Refuse);
        until("callers to be refused", async || {
            (traffic.tally.statuses().get(&503).copied().unwrap_or(0) > before + CALLERS).then_some(())
        })
        .await
        .with_context(|| traffic.tally.text())?;
        bench.proxy()?.set(Mode::Forward);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}

/// Every packet is delayed: everything works, and no answer arrives sooner than one round trip.
pub async fn slow(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().proxied().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    let mut quickest = Duration::MAX;
    for _ in 0..plan.times {
        allow(&bench);
        bench.proxy()?.set(Mode::Delay(DELAY));
        let since = Instant::now();
        traffic.go_on_for(TOKENS).await?;
        let delayed =
            traffic.tally.events().into_iter().filter(|event| event.at > since && event.status == 200);
        let soonest = delayed.map(|event| event.took).min().context("no caller got a token")?;
        ensure!(soonest >= DELAY * 2, "a token came after {soonest:?}");
        quickest = quickest.min(soonest);
        bench.proxy()?.set(Mode::Forward);
        cost.healed(&bench).await?;
    }
    let seen = cost.reckon(&bench, traffic, plan.times).await?;
    let text = format!("quickest answer meanwhile {} ms; {}", quickest.as_millis(), seen.text);
    Ok(Seen { text, ..seen })
}

/// Connections are reset in the middle of an answer, at a different position each time.
pub async fn cut(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().proxied().accounts(6).start().await?;
    let traffic = bench.traffic(CALLERS);
    let mut cost = Cost::default();
    for round in 0..plan.times {
        allow(&bench);
        let before = bench.proxy()?.cuts();
        // From the middle of the first message to several transactions later.
        bench.proxy()?.set(Mode::CutAfter(1 + (round * 617) % 9_000));
        until("a connection to be cut", async || (bench.proxy().ok()?.cuts() > before + 2).then_some(()))
            .await?;
        bench.proxy()?.set(Mode::Forward);
        cost.healed(&bench).await?;
    }
    cost.reckon(&bench, traffic, plan.times).await
}
