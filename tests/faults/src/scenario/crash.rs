//! The server is killed again and again while it works.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::{SLACK, longest};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The server is to be ready so soon after it was started.
const READY: Duration = Duration::from_secs(3);
/// Tokens between two kills.
const TOKENS: usize = 40;

/// Ready again at once, and nothing that was acknowledged is lost.
///
/// # Errors
/// Where that is not what happens.
pub async fn kill_under_load(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().accounts(6).start().await?;
    let load = bench.load(8);
    let mut ready = Vec::new();
    for _ in 0..plan.times {
        load.go_on_for(TOKENS).await?;
        // One code may be on its way, and as many refreshes as there are accounts.
        bench.ledger.may_orphan(1);
        bench.ledger.may_lose_answers(bench.accounts.len());
        bench.stack.server_mut(0).kill().await?;
        let started = Instant::now();
        bench.stack.server_mut(0).start().await?;
        ready.push(started.elapsed());
        ensure!(started.elapsed() < READY + SLACK, "ready after {:?}", started.elapsed());
        // The leases of the dead run out, which nobody waits for here.
        bench.direct.execute("UPDATE refresh_leases SET held_until = now() WHERE held_until > now()").await?;
    }
    load.go_on_for(TOKENS).await?;
    let tally = load.finish().await?;
    tally.only(&[200, 503, 0]).with_context(|| bench.warnings())?;
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("ready after {} at most; {}; {findings}", longest(&ready), tally.text()),
    ))
}
