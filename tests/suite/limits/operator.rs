//! Operators' calls are limited as well, because their lists and searches are the most expensive queries.

use anyhow::Result;
use bowline_tests::{Operator, Stack};
use futures_util::future::join_all;
use reqwest::Method;

use super::{are_told_to_wait, stuck};

const ACCOUNTS: &str = "/admin/v1/accounts?q=anna";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_floods_is_refused_and_another_is_not() -> Result<()> {
    let stack = Stack::builder()
        .setting("BOWLINE_LIMITS__OPERATOR_CALLS_PER_SECOND", 1)
        .setting("BOWLINE_LIMITS__OPERATOR_CALLS_BURST", 10);
    let stack = stack.start().await?;
    let mut vera = Operator::create(&stack, "vera", "viewer").await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    vera.log_in().await?;
    olga.log_in().await?;
    let mut refused = None;
    for number in 0..100 {
        let answer = vera.call(Method::GET, ACCOUNTS, None).await?;
        if answer.status == 429 {
            assert!(number >= 10, "refused at request {number}");
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let refused = refused.ok_or_else(|| anyhow::anyhow!("a hundred requests were accepted"))?;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    assert!(refused.header("retry-after").parse::<u64>()? >= 1);
    assert_eq!(olga.call(Method::GET, ACCOUNTS, None).await?.status, 200);
    let metrics = stack.http().get(format!("{}/metrics", stack.server(0).internal_url())).send().await?;
    assert!(metrics.text().await?.contains("bowline_limited_requests_total{limit=\"calls_of_operator\"} 1"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_operators_that_are_stuck_leave_connections_for_tenants() -> Result<()> {
    let stack =
        Stack::builder().setting("BOWLINE_LIMITS__OPERATOR_CONNECTIONS", 1).setting("BOWLINE_POOL__SIZE", 4);
    let stack = stack.start().await?;
    let acme = bowline_tests::Tenant::create(&stack, "acme").await?;
    let mut vera = Operator::create(&stack, "vera", "viewer").await?;
    vera.log_in().await?;
    let mut holder = stack.database.superuser().await?;
    let lock = holder.transaction().await?;
    lock.batch_execute("LOCK TABLE audit_events").await?;
    let flood = (0..20).map(|_| vera.call(Method::GET, "/admin/v1/audit", None));
    let (answers, theirs) = tokio::join!(join_all(flood), async {
        stuck(&stack, 1).await?;
        acme.call(Method::GET, "/v1/accounts", None).await
    });
    assert_eq!(theirs?.status, 200);
    are_told_to_wait(answers)?;
    lock.rollback().await?;
    Ok(())
}
