//! The server is killed repeatedly under load.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::{SLACK, longest};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// How soon after its start the server must be ready.
const READY: Duration = Duration::from_secs(3);
/// The number of tokens between two kills.
const TOKENS: usize = 40;

/// The server is ready again immediately, and nothing that was acknowledged is lost.
pub async fn kill_under_load(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().accounts(6).start().await?;
    let traffic = bench.traffic(8);
    let mut ready = Vec::new();
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        // At most one code is being exchanged, and at most one refresh per account is in progress.
        bench.ledger.may_orphan(1);
        bench.ledger.may_lose_answers(bench.accounts.len());
        bench.stack.server_mut(0).kill().await?;
        let started = Instant::now();
        bench.stack.server_mut(0).start().await?;
        ready.push(started.elapsed());
        ensure!(started.elapsed() < READY + SLACK, "ready after {:?}", started.elapsed());
        // Ends the leases of the killed process, so that the scenario need not wait for them.
        bench.direct.execute("UPDATE refresh_leases SET held_until = now() WHERE held_until > now()").await?;
    }
    traffic.go_on_for(TOKENS).await?;
    let tally = traffic.finish().await?;
    tally.only(&[200, 503, 0]).with_context(|| bench.warnings())?;
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("ready after {} at most; {}; {findings}", longest(&ready), tally.text()),
    ))
}
