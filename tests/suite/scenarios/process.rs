//! A server is killed, stopped or frozen, or has a wrong clock.

use anyhow::Result;

use super::holds;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_is_killed_is_taken_over_from_when_its_lease_has_run_out() -> Result<()> {
    holds("holder-killed", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_is_frozen_and_wakes_changes_nothing() -> Result<()> {
    holds("holder-frozen", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_whose_answer_comes_late_changes_nothing() -> Result<()> {
    holds("holder-late", 2).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_code_is_exchanged_there_is_an_orphan_at_most() -> Result<()> {
    holds("exchange-killed", 5).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_grant_is_revoked_it_dies_all_the_same() -> Result<()> {
    holds("revoke-killed", 2).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_nothing_acknowledged_is_lost() -> Result<()> {
    holds("kill-under-load", 3).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_a_webhook_each_event_arrives_in_order_at_its_own_tenant() -> Result<()> {
    holds("webhooks-killed", 2).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_under_load_no_call_fails() -> Result<()> {
    holds("sigterm-under-load", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock_expires_nothing_early_or_late() -> Result<()> {
    holds("clock", 1).await
}
