//! Limits: no caller can take the machine's capacity away from others.

mod address;
mod log_check;
mod operator;
mod tenant;

use anyhow::Result;
use bowline_tests::{Answer, Stack, until};

/// The number of statements of the stack's database that wait for a lock.
async fn waiting(stack: &Stack) -> Result<i64> {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    stack.database.count(waiting).await
}

/// Waits until at least this many statements of the stack's database wait for a lock.
async fn stuck(stack: &Stack, statements: i64) -> Result<()> {
    until("the flood to be stuck", async || (waiting(stack).await.ok()? >= statements).then_some(())).await
}

/// Every call of a stuck flood is told when to retry.
fn are_told_to_wait(answers: Vec<Result<Answer>>) -> Result<()> {
    for answer in answers {
        let answer = answer?;
        assert!(matches!(answer.status, 429 | 503), "{}", answer.text());
        assert!(answer.header("retry-after").parse::<u64>()? >= 1);
    }
    Ok(())
}
