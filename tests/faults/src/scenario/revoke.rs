//! Something fails while a grant is being revoked.

use anyhow::{Result, ensure};
use bowline_api::AccountId;
use bowline_api::status::AccountStatus;
use bowline_tests::until;
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use super::{parked, refused};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// Dropbox is unreachable: the account is revoked here immediately, and at Dropbox as soon as it is reachable.
pub async fn with_dropbox_down(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().replicas(2).setting("BOWLINE_DROPBOX__TOTAL_SECONDS", 2).start().await?;
    let status = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    for round in 0..plan.times {
        let account = bench.link(&format!("user-{round}")).await?.id;
        let kind = if round % 2 == 0 { FaultKind::Hang } else { status.clone() };
        bench.stack.dropbox.set_fault(FaultSpec::new(kind));
        bench.revoke(account).await?;
        for tenant in bench.fleet.all() {
            refused(&tenant.try_token(account).await?, 410, "account_revoked")?;
        }
        bench.stack.dropbox.clear_faults();
    }
    let findings = bench.check().await?;
    ensure!(findings.grants == 0, "{} grants are left at Dropbox", findings.grants);
    Ok(Seen::new(
        plan.times,
        format!("410 on both replicas at once, every grant dead in the end; {findings}"),
    ))
}

/// The server is killed just before or just after it receives the confirmation of the revocation.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().start().await?;
    for round in 0..plan.times {
        let account = bench.link(&format!("user-{round}")).await?.id;
        let fault = FaultSpec::new(FaultKind::Pause).on(Operation::Revoke).times(1);
        bench.stack.dropbox.set_fault(if round % 2 == 0 { fault.after() } else { fault });
        bench.revoke(account).await?;
        parked(&bench.stack, Operation::Revoke).await?;
        bench.stack.server_mut(0).kill().await?;
        bench.stack.dropbox.clear_faults();
        bench.stack.server_mut(0).start().await?;
        refused(&bench.tenant.try_token(account).await?, 410, "account_revoked")?;
        // Ends the claim of the killed process, so that the scenario need not wait for it.
        bench.direct.execute("UPDATE revocations SET next_attempt_at = now() WHERE state = 'due'").await?;
        gone(&bench, account).await?;
    }
    let findings = bench.check().await?;
    ensure!(findings.grants == 0, "{} grants are left at Dropbox", findings.grants);
    Ok(Seen::new(plan.times, format!("each resumed, every grant dead; {findings}")))
}

async fn gone(bench: &Bench, account: AccountId) -> Result<()> {
    until("the account to be revoked", async || {
        let account = bench.tenant.account(account).await.ok()?;
        (account.status == AccountStatus::Revoked).then_some(())
    })
    .await
}
