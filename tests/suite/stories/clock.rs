//! A token's lifetime starts before Dropbox is called. The checker in `tests/model` found this.

use anyhow::Result;
use bowline_tests::until;
use chrono::{DateTime, TimeDelta, Utc};
use dropbox_sim::{FaultKind, FaultSpec, Operation};

use crate::common::{a_call_is_held, linked, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_waited_does_not_believe_that_the_token_is_new() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    let pause = FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh).times(1).after();
    stack.dropbox.set_fault(pause);
    let caller = acme.clone();
    let call = tokio::spawn(async move { caller.token(account.id).await });
    a_call_is_held(&stack).await;
    // Dropbox has issued the token; its reported lifetime starts at this moment.
    let made: DateTime<Utc> = stack.database.rows("SELECT now()", &[]).await?[0].get(0);
    until("the database's clock to go on for two seconds", async || {
        let now: DateTime<Utc> = stack.database.rows("SELECT now()", &[]).await.ok()?.first()?.get(0);
        (now - made > TimeDelta::seconds(2)).then_some(())
    })
    .await?;
    stack.dropbox.clear_faults();
    let life = TimeDelta::seconds(stack.dropbox.settings().access_token_seconds);
    assert!(call.await??.expires_at.is_some_and(|end| end <= made + life));
    Ok(())
}
