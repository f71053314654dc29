//! Dropbox fails while a code is exchanged.

use anyhow::{Context as _, Result, ensure};
use bowline_tests::Person;
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};

use crate::Bench;
use crate::plan::{Plan, Seen};

/// The faults, and whether Dropbox may hold a grant afterwards whose response was lost.
fn cases() -> Vec<(&'static str, FaultSpec, bool)> {
    let on = |kind| FaultSpec::new(kind).on(Operation::TokenExchange);
    let status = FaultKind::Status { status: 500, body: None, content_type: None, retry_after: None };
    let garbage = |garbage| FaultKind::Garbage { garbage };
    vec![
        ("500", on(status.clone()), false),
        ("500 after the work", on(status).after(), true),
        ("429", on(FaultKind::RateLimit { retry_after: 1 }), false),
        ("a reset", on(FaultKind::Reset), false),
        ("a reset after the work", on(FaultKind::Reset).after(), true),
        ("no answer", on(FaultKind::Hang), false),
        ("a cut answer", on(FaultKind::Cut { bytes: 30 }), true),
        ("HTML", on(garbage(Garbage::Html)), false),
        ("cut JSON", on(garbage(Garbage::CutJson)), true),
        ("wrong types", on(garbage(Garbage::WrongTypes)), true),
        ("a dead code", on(FaultKind::DeadGrant), false),
    ]
}

/// Each fault once: the code is sent once, the session ends, and the user links again.
pub async fn faults(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().setting("BOWLINE_DROPBOX__TOTAL_SECONDS", 2).start().await?;
    for round in 0..plan.times {
        for (number, (name, fault, unknowable)) in cases().into_iter().enumerate() {
            if unknowable {
                bench.ledger.may_orphan(1);
            }
            one(&bench, fault, &format!("user-{round}-{number}")).await.with_context(|| name)?;
        }
    }
    let findings = bench.check().await?;
    let count = plan.times * cases().len();
    Ok(Seen::new(count, format!("{} kinds of failure, each code sent once; {findings}", cases().len())))
}

async fn one(bench: &Bench, fault: FaultSpec, user: &str) -> Result<()> {
    let dropbox = &bench.stack.dropbox;
    let link = bench.tenant.begin_link(user).await?;
    let returned = Person::new(&bench.stack, "new").approves(&bench.stack, &link).await?;
    let before = dropbox.count(Operation::TokenExchange);
    dropbox.set_fault(fault.times(1));
    let failed = bench.tenant.try_complete(&link, &returned).await?;
    ensure!(failed.status >= 400, "the broken answer completed the link: {}", failed.text());
    dropbox.clear_faults();
    // The tenant tries again. Whatever the outcome, the code is not sent twice.
    bench.tenant.try_complete(&link, &returned).await?;
    let calls = dropbox.count(Operation::TokenExchange) - before;
    ensure!(calls == 1, "the code was sent {calls} times");
    let (status, reason) = bench.tenant.link_status(&link).await?;
    ensure!(status == "failed" && reason.is_some(), "the session is {status} ({reason:?})");
    let account = bench.link(user).await?;
    bench.tenant.token(account.id).await.map(drop)
}
