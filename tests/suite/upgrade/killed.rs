//! The upgrade is killed while it runs.

use std::process::Stdio;

use anyhow::Result;
use bowline_tests::{Person, Tenant, until};

use super::{leave_old, logs_hold, no_server_begins, old_rows, upgrade};
use crate::common::linked;

const ASLEEP: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_is_continued_by_the_next() -> Result<()> {
    let (mut stack, acme, first) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let second = Person::new(&stack, "jonas@example.com").links(&stack, &other, "user-1").await?;
    let (first_token, second_token) = (acme.token(first.id).await?, other.token(second.id).await?);
    leave_old(&mut stack).await?;

    // The update of the second tenant's account never finishes.
    let slow = format!(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
         CREATE TRIGGER slow BEFORE UPDATE ON accounts FOR EACH ROW WHEN (OLD.id = '{}') EXECUTE FUNCTION slow()",
        second.id.uuid()
    );
    stack.database.superuser().await?.batch_execute(&slow).await?;
    let patient = [("BOWLINE_POOL__STATEMENT_SECONDS", "600")];
    let mut run = stack.begin_command(&patient, Stdio::null(), &["upgrade-seals"])?;
    until("the upgrade at the second tenant", async || {
        stack.database.count(ASLEEP).await.is_ok_and(|count| count == 1).then_some(())
    })
    .await?;
    run.kill().await?;
    stack.database.rows(END, &[]).await?;
    stack.database.execute("DROP TRIGGER slow ON accounts", &[]).await?;
    assert_eq!(old_rows(&stack).await?, 2, "only both tokens of the second account are left in the old form");
    no_server_begins(&mut stack).await?;

    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(good, "{report}");
    assert_eq!((&report["connectors"], &report["accounts"]), (&0.into(), &1.into()), "{report}");
    assert_eq!(old_rows(&stack).await?, 0);
    stack.server_mut(0).start().await?;
    assert_eq!(acme.token(first.id).await?.access_token, first_token.access_token);
    assert_eq!(other.token(second.id).await?.access_token, second_token.access_token);
    assert!(logs_hold(&stack).await?);
    Ok(())
}
