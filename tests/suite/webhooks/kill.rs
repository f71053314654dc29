//! A sender that is killed after its POST sends the same message again.

use anyhow::Result;
use bowline_tests::Reply;
use reqwest::Method;

use super::{call, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_post_and_the_commit_it_sends_the_same_id_again() -> Result<()> {
    let (mut stack, acme, receiver, new) = told().await?;
    receiver.replies(|_| Reply::Hang);
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    let first = receiver.gets_a("endpoint.test").await?;
    stack.server_mut(0).kill().await?;
    receiver.replies(|_| Reply::Status(200));
    // Ends the lease of the killed process, so that the test need not wait for it.
    stack.database.execute("UPDATE webhook_endpoints SET held_until = now()", &[]).await?;
    stack.server_mut(0).start().await?;
    let both = receiver.gets(2, |_| true).await?;
    assert_eq!((&both[1].id, &both[1].text), (&first.id, &first.text));
    let delivered = "SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'";
    bowline_tests::until("it to be written down", async || {
        (stack.database.count(delivered).await.ok()? == 1).then_some(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stops_finishes_and_another_goes_on_at_once() -> Result<()> {
    let (mut stack, acme, receiver, new) = told().await?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    receiver.gets_a("endpoint.test").await?;
    stack.server(0).ask_to_stop()?;
    stack.server_mut(0).ended().await?;
    let held = "SELECT count(*) FROM webhook_endpoints WHERE held_until > now()";
    assert_eq!(stack.database.count(held).await?, 0, "the lease is given back");
    let waiting = "SELECT count(*) FROM webhook_deliveries WHERE state <> 'delivered'";
    assert_eq!(stack.database.count(waiting).await?, 0);
    Ok(())
}
