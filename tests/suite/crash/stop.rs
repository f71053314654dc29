//! A server that is asked to stop finishes the work that it has begun.

use anyhow::Result;
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use crate::common::{a_call_is_held, linked, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_answered_before_the_server_ends() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh).times(1));
    let caller = acme.clone();
    let call = tokio::spawn(async move { caller.try_token(account.id).await });
    a_call_is_held(&stack).await;
    stack.server(0).ask_to_stop()?;
    bowline_tests::until("the server to say that it stops", async || {
        stack.server(0).log().contains("\"stopping\"").then_some(())
    })
    .await?;
    stack.dropbox.clear_faults();
    let answer = call.await??;
    assert_eq!((answer.status, answer.header("connection")), (200, "close"), "the client must reconnect");
    assert!(stack.server_mut(0).ended().await?.success());
    stack.server_mut(0).start().await?;
    acme.token(account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1, "the refreshed token was kept");
    Ok(())
}
