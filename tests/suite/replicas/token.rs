//! What one replica has acknowledged is in force on the others, and a dead replica blocks nothing.

use anyhow::Result;
use bowline_tests::Stack;
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use crate::common::{a_call_is_held, linked_on, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_account_is_gone_on_every_replica_at_once_even_with_dropbox_down() -> Result<()> {
    let (stack, acme, account) = linked_on(Stack::builder().replicas(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    there.token(account.id).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Hang));
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    for caller in [&there, &acme] {
        assert_eq!(caller.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_killed_in_mid_refresh_is_taken_over_from() -> Result<()> {
    let (mut stack, acme, account) = linked_on(Stack::builder().replicas(2).start().await?).await?;
    set_token_life(&stack, account.id, 0).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh).times(1));
    let caller = acme.clone();
    let first = tokio::spawn(async move { caller.try_token(account.id).await });
    a_call_is_held(&stack).await;
    stack.server_mut(0).kill().await?;
    assert!(first.await?.is_err(), "the killed replica's caller gets no answer");
    stack.dropbox.clear_faults();
    // Ends the lease, so that the test need not wait for it.
    stack.database.execute("UPDATE refresh_leases SET held_until = now()", &[]).await?;
    acme.at(stack.server(1).public_url()).token(account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 2);
    Ok(())
}
