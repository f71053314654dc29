//! The server is killed while a grant is being revoked.

use anyhow::Result;
use bowline_api::status::AccountStatus;
use bowline_tests::until;
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use crate::common::{a_call_is_held, linked};

async fn killed_in_mid_revoke(fault: FaultSpec) -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    stack.dropbox.set_fault(fault.times(1));
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    a_call_is_held(&stack).await;
    stack.server_mut(0).kill().await?;
    stack.dropbox.clear_faults();
    stack.server_mut(0).start().await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Revoking);
    // Ends the claim of the killed process, so that the test need not wait for it.
    stack.database.execute("UPDATE revocations SET next_attempt_at = now()", &[]).await?;
    until("the revocation to be done", async || {
        acme.account(account.id).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    assert_eq!(stack.live_grants(), 0);
    assert_eq!(
        stack
            .database
            .count("SELECT count(*) FROM revocations WHERE sealed_access_token IS NOT NULL")
            .await?,
        0
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_dropbox_has_revoked_another_worker_revokes() -> Result<()> {
    killed_in_mid_revoke(FaultSpec::new(FaultKind::Pause).on(Operation::Revoke)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_dropbox_has_revoked_a_second_try_counts_as_done() -> Result<()> {
    killed_in_mid_revoke(FaultSpec::new(FaultKind::Pause).on(Operation::Revoke).after()).await
}
