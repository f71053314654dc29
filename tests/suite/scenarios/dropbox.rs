//! Dropbox fails, or many callers need it at once.

use anyhow::Result;

use super::holds;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_and_one_expired_token_are_one_refresh() -> Result<()> {
    holds("storm", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_and_a_refresh_that_fails_are_one_call() -> Result<()> {
    holds("storm-fails", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_to_a_refresh_harms_an_account() -> Result<()> {
    holds("provider", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_response_to_a_code_makes_us_send_it_twice() -> Result<()> {
    holds("exchange", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn valid_tokens_are_served_while_dropbox_is_down_and_there_is_no_stampede_after() -> Result<()> {
    holds("outage", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoke_with_dropbox_down_is_in_force_at_once() -> Result<()> {
    holds("revoke-outage", 2).await
}
