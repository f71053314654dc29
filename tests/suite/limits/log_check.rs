//! Verifying an audit log reads all of it, so only one check runs at a time, and viewers may not start one.

use anyhow::{Context as _, Result};
use bowline_api::admin::AuditVerification;
use bowline_tests::{Operator, Stack, until};
use reqwest::Method;

const VERIFY: &str = "/admin/v1/audit/verify";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_log_is_checked_at_a_time_and_viewers_check_none() -> Result<()> {
    let stack = Stack::start().await?;
    let mut vera = Operator::create(&stack, "vera", "viewer").await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    let mut anna = Operator::create(&stack, "anna", "admin").await?;
    for one in [&mut vera, &mut olga, &mut anna] {
        one.log_in().await?;
    }
    let refused = vera.call(Method::GET, VERIFY, None).await?;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".to_owned()));

    // The first check holds its permit while it waits for the table.
    let mut holder = stack.database.superuser().await?;
    let lock = holder.transaction().await?;
    lock.batch_execute("LOCK TABLE audit_events").await?;
    let (first, second) = tokio::join!(olga.call(Method::GET, VERIFY, None), async {
        until("the first check to wait", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            (stack.database.count(waiting).await.ok()? == 1).then_some(())
        })
        .await?;
        let second = anna.call(Method::GET, VERIFY, None).await?;
        lock.rollback().await?;
        anyhow::Ok(second)
    });
    let second = second?;
    assert_eq!(second.refusal(), (429, "rate_limited".to_owned()));
    assert!(second.header("retry-after").parse::<u64>().context("Retry-After is not a number")? >= 1);
    assert!(first?.good::<AuditVerification>()?.intact);

    assert!(anna.call(Method::GET, VERIFY, None).await?.good::<AuditVerification>()?.intact);
    let metrics = stack.http().get(format!("{}/metrics", stack.server(0).internal_url())).send().await?;
    assert!(metrics.text().await?.contains("bowline_limited_requests_total{limit=\"log_check\"} 1"));
    Ok(())
}
