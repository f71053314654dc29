//! The server is killed between receiving the code and storing the account.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Answer, Person};
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use super::{longest, parked, refused};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// The point at which the server is killed.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// Dropbox has not processed the code yet.
    BeforeExchange,
    /// Dropbox has created the grant, and its answer is on the way.
    AfterExchange,
    /// The grant is stored, and its account is being read.
    BeforeIdentity,
    /// This many milliseconds after the call began.
    Anywhere(u64),
}

impl Point {
    fn of(round: usize) -> Self {
        match round % 5 {
            0 => Self::AfterExchange,
            1 => Self::BeforeIdentity,
            2 => Self::BeforeExchange,
            _ => Self::Anywhere(rand::random_range(0..150)),
        }
    }
}

/// Each kill leaves at most one orphaned grant and a session that fails clearly or resumes, and the user can link.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().start().await?;
    let (mut went_on, mut failed, mut ready) = (0, 0, Vec::new());
    for round in 0..plan.times {
        let user = format!("user-{round}");
        let link = bench.tenant.begin_link(&user).await?;
        let returned = Person::new(&bench.stack, "new").approves(&bench.stack, &link).await?;
        let point = Point::of(round);
        bench.ledger.may_orphan(usize::from(!matches!(point, Point::BeforeExchange | Point::BeforeIdentity)));
        let (caller, first_link, first_return) = (bench.tenant.clone(), link.clone(), returned.clone());
        set(&bench, point);
        let call = tokio::spawn(async move { caller.try_complete(&first_link, &first_return).await });
        reach(&bench, point).await.with_context(|| format!("{point:?}"))?;
        bench.stack.server_mut(0).kill().await?;
        let answered = call.await?;
        bench.stack.dropbox.clear_faults();
        let started = Instant::now();
        bench.stack.server_mut(0).start().await?;
        ready.push(started.elapsed());
        // Ends the claim of the killed process, so that the scenario need not wait for it.
        bench
            .direct
            .execute("UPDATE link_sessions SET claimed_until = now() WHERE claimed_until IS NOT NULL")
            .await?;
        let again = bench.tenant.try_complete(&link, &returned).await?;
        if again.status == 200 {
            went_on += 1;
            bench.ledger.linked(again.good::<bowline_api::v1::Account>()?.id);
        } else {
            failed += 1;
            ensure!(!answered.is_ok_and(|answer| answer.status == 200), "an acknowledged link is gone");
            interrupted(&bench, &again, &link, point).await?;
            bench.link(&user).await?;
        }
        let calls = bench.stack.dropbox.calls();
        let exchanges = calls.iter().filter(|call| call.operation == Operation::TokenExchange);
        let mut codes: Vec<_> = exchanges.filter_map(|call| call.token_fingerprint.as_deref()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        ensure!(codes.len() == all, "a code was sent twice");
    }
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!(
            "{went_on} went on, {failed} failed and were linked anew, {} orphans; ready again after {} at most; {findings}",
            findings.orphans,
            longest(&ready)
        ),
    ))
}

fn set(bench: &Bench, point: Point) {
    let pause = FaultSpec::new(FaultKind::Pause).times(1);
    let fault = match point {
        Point::BeforeExchange => pause.on(Operation::TokenExchange),
        Point::AfterExchange => pause.on(Operation::TokenExchange).after(),
        Point::BeforeIdentity => pause.on(Operation::GetCurrentAccount),
        Point::Anywhere(_) => return,
    };
    bench.stack.dropbox.set_fault(fault);
}

async fn reach(bench: &Bench, point: Point) -> Result<()> {
    match point {
        Point::BeforeExchange | Point::AfterExchange => parked(&bench.stack, Operation::TokenExchange).await,
        Point::BeforeIdentity => parked(&bench.stack, Operation::GetCurrentAccount).await,
        Point::Anywhere(milliseconds) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Ok(())
        }
    }
}

/// The session reports that it cannot continue.
async fn interrupted(bench: &Bench, again: &Answer, link: &bowline_tests::Link, point: Point) -> Result<()> {
    ensure!(
        !matches!(point, Point::BeforeIdentity),
        "the completion did not resume with the stored grant: {}",
        again.text()
    );
    refused(again, 409, "link_failed").with_context(|| format!("{point:?}"))?;
    let (status, reason) = bench.tenant.link_status(link).await?;
    ensure!(status == "failed" && reason.as_deref() == Some("interrupted"), "{status} {reason:?}");
    Ok(())
}
