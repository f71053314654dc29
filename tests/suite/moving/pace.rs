//! An import waits as long as Dropbox asks for, and does not stop the calls of everybody else.

use anyhow::Result;
use bowline_tests::{Stack, Tenant};
use chrono::TimeDelta;
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use serde_json::json;

use super::{Folder, Former, import};
use crate::common::out_of_order;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_asked_while_dropbox_wants_a_pause() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let lines = (0..40).map(|number| Former::new(&stack, &acme, number).line());
    let file = folder.grants("grants.jsonl", lines)?;
    stack.dropbox.set_fault(
        FaultSpec::new(FaultKind::RateLimit { retry_after: 2 }).on(Operation::TokenRefresh).times(1).skip(4),
    );
    let counts = import(&stack, &acme, &file, &["--calls-per-second", "50"]).await?.good()?;
    assert_eq!((&counts["imported"], &counts["deferred"]), (&json!(40), &json!(0)), "{counts}");
    let calls = stack.dropbox.calls();
    let limited = calls.iter().position(|call| call.status == Some(429)).expect("a call was limited");
    // Calls that had begun already are not held back: the longest silence is the pause.
    let after = &calls[limited..];
    let silence = after.windows(2).map(|pair| pair[1].at - pair[0].at).max();
    assert!(silence >= Some(TimeDelta::milliseconds(1_900)), "{silence:?}");
    assert!(after.len() > 20, "the pause came in the middle");
    let failures = "SELECT count(*) FROM connector_health WHERE failures > 0 OR opened_at IS NOT NULL";
    assert_eq!(stack.database.count(failures).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_without_an_answer_is_tried_again_and_then_left_for_the_next_run() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let (first, second) = (Former::new(&stack, &acme, 1), Former::new(&stack, &acme, 2));
    let file = folder.grants("grants.jsonl", [first.line(), second.line()])?;
    let told = folder.path("report.jsonl");
    // The account of one user cannot be read, the other's once.
    stack.dropbox.set_fault(out_of_order(Operation::GetCurrentAccount).account(&first.dropbox_id).times(6));
    stack.dropbox.set_fault(out_of_order(Operation::GetCurrentAccount).account(&second.dropbox_id).times(1));
    let ran = import(&stack, &acme, &file, &["--report", &told.display().to_string()]).await?;
    assert!(!ran.good && ran.said.contains("run the same command again"), "{}", ran.said);
    assert_eq!((&ran.report["imported"], &ran.report["deferred"]), (&json!(1), &json!(1)), "{}", ran.report);
    assert!(std::fs::read_to_string(&told)?.contains("provider_error"));
    let counts = import(&stack, &acme, &file, &[]).await?.good()?;
    assert_eq!((&counts["imported"], &counts["unchanged"]), (&json!(1), &json!(1)), "{counts}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_app_stops_the_import_and_nobody_is_refused() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let lines = (0..20).map(|number| Former::new(&stack, &acme, number).line());
    let file = folder.grants("grants.jsonl", lines)?;
    acme.renew_app_secret(&stack, "another-CANARY_app_secret");
    let ran = import(&stack, &acme, &file, &[]).await?;
    assert!(!ran.good && ran.said.contains("app key or secret"), "{}", ran.said);
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 0);
    Ok(())
}
