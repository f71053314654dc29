//! The servers are restarted one after another under load.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::until;

use super::longest;
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The number of tokens between two stops.
const TOKENS: usize = 60;

/// Every call is answered: a replica reports that it is not ready, finishes its calls and exits.
pub async fn rolling(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder()
        .replicas(2)
        .accounts(6)
        .setting("BOWLINE_DRAIN_SECONDS", 1)
        // The scenario is not about the load of the machine.
        .setting("BOWLINE_POOL__WAIT_SECONDS", 30)
        .start()
        .await?;
    let traffic = bench.traffic(8);
    let mut took = Vec::new();
    for round in 0..plan.times {
        // Alternates between the replicas.
        let replica = round % bench.fleet.all().count();
        traffic.go_on_for(TOKENS).await?;
        let started = Instant::now();
        let ready = format!("{}/readyz", bench.stack.server(replica).internal_url());
        bench.stack.server(replica).ask_to_stop()?;
        // A load balancer polls the readiness and then sends no more calls.
        until("the replica to say that it is not ready", async || {
            let status = bench.stack.http().get(&ready).send().await.ok()?.status().as_u16();
            (status == 503).then_some(())
        })
        .await?;
        bench.fleet.set_in_use(replica, false);
        let ended = bench.stack.server_mut(replica).ended().await?;
        ensure!(ended.success(), "round {round}: the replica ended with {ended}");
        took.push(started.elapsed());
        bench.stack.server_mut(replica).start().await?;
        bench.fleet.set_in_use(replica, true);
    }
    traffic.go_on_for(TOKENS).await?;
    let tally = traffic.finish().await?;
    tally.only(&[200]).with_context(|| bench.warnings())?;
    tally.every_link_went_well().with_context(|| bench.warnings())?;
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("0 failed of {}; stopped after {} at most; {findings}", tally.text(), longest(&took)),
    ))
}
