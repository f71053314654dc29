//! The holder of a refresh lease is lost or late.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bowline_api::v1::AccessToken;
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use nix::sys::signal::Signal;
use tokio::time::sleep_until;

use super::{SLACK, longest, parked};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The duration of a lease.
const LEASE: Duration = Duration::from_secs(15);
/// How long a holder is stopped.
const STOPPED: Duration = Duration::from_secs(20);

/// Starts a call at the first replica that hangs in Dropbox.
async fn hanging(
    bench: &Bench,
    fault: FaultSpec,
) -> Result<tokio::task::JoinHandle<Result<bowline_tests::Answer>>> {
    let account = bench.account();
    bench.expire(account).await?;
    bench.stack.dropbox.set_fault(fault.on(Operation::TokenRefresh).times(1));
    let tenant = bench.at(0);
    let call = tokio::spawn(async move { tenant.try_token(account).await });
    parked(&bench.stack, Operation::TokenRefresh).await?;
    Ok(call)
}

/// The holder is killed: another replica takes over when the lease expires.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().replicas(2).accounts(1).start().await?;
    let mut took = Vec::new();
    for _ in 0..plan.times {
        let call = hanging(&bench, FaultSpec::new(FaultKind::Pause)).await?;
        let started = Instant::now();
        // Dropbox may grant the refresh before it notices that the client is gone.
        bench.ledger.may_lose_answers(1);
        bench.stack.server_mut(0).kill().await?;
        ensure!(call.await?.is_err(), "the killed replica's caller gets no answer");
        bench.stack.dropbox.clear_faults();
        let account = bench.account();
        let token: AccessToken = bench.at(1).token(account).await?;
        took.push(started.elapsed());
        bench.ledger.token(account, &token.access_token);
        ensure!(started.elapsed() < LEASE + SLACK, "taken over after {:?}", started.elapsed());
        bench.stack.server_mut(0).start().await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("taken over after {} at most; {findings}", longest(&took))))
}

/// The holder is stopped for longer than its lease, with Dropbox's answer in its socket, and then continues.
pub async fn frozen(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().replicas(2).accounts(1).start().await?;
    let account = bench.account();
    let mut took = Vec::new();
    for _ in 0..plan.times {
        let before = bench.generation(account).await?;
        let call = hanging(&bench, FaultSpec::new(FaultKind::Pause).after()).await?;
        let stopped = Instant::now();
        bench.stack.server(0).signal(Signal::SIGSTOP)?;
        // Dropbox sends the answer, which waits in the socket of the stopped holder.
        bench.ledger.may_lose_answers(1);
        bench.stack.dropbox.clear_faults();
        let token: AccessToken = bench.at(1).token(account).await?;
        took.push(stopped.elapsed());
        ensure!(stopped.elapsed() < LEASE + SLACK, "taken over after {:?}", stopped.elapsed());
        // The sleep is the fault itself: the holder is stopped for this long.
        sleep_until((stopped + STOPPED).into()).await;
        bench.stack.server(0).signal(Signal::SIGCONT)?;
        let woken = call.await??;
        ensure!(
            woken.status == 503 || woken.good::<AccessToken>()?.access_token == token.access_token,
            "{}",
            woken.text()
        );
        unharmed(&bench, before, &token).await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("taken over after {} at most, stale results refused; {findings}", longest(&took)),
    ))
}

/// Dropbox answers the holder successfully after another replica has taken over.
pub async fn late(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().replicas(2).accounts(1).start().await?;
    let account = bench.account();
    for _ in 0..plan.times {
        let before = bench.generation(account).await?;
        let call = hanging(&bench, FaultSpec::new(FaultKind::Pause).after()).await?;
        // Ends the lease, so that the scenario need not wait for it.
        bench.direct.execute("UPDATE refresh_leases SET held_until = now()").await?;
        bench.ledger.may_lose_answers(1);
        let token: AccessToken = bench.at(1).token(account).await?;
        bench.stack.dropbox.clear_faults();
        let late: AccessToken = call.await??.good()?;
        ensure!(
            late.access_token == token.access_token,
            "the late holder returned a token that it did not write"
        );
        unharmed(&bench, before, &token).await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("each late answer refused; {findings}")))
}

/// The account has advanced by one generation and has `token`, and no stale failure has caused a pause.
async fn unharmed(bench: &Bench, before: i64, token: &AccessToken) -> Result<()> {
    let account = bench.account();
    bench.ledger.token(account, &token.access_token);
    let after = bench.generation(account).await?;
    ensure!(after == before + 1, "generation {before} became {after}");
    let pauses = "SELECT count(*) FROM refresh_leases WHERE cool_down_until > now()";
    ensure!(bench.direct.count(pauses).await? == 0, "a stale failure caused a pause");
    for tenant in bench.fleet.all() {
        ensure!(
            tenant.token(account).await?.access_token == token.access_token,
            "the new token was replaced"
        );
    }
    Ok(())
}
