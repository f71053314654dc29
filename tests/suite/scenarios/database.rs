//! Postgres, its disk or the network fails with an error.

use anyhow::Result;

use super::holds;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_connections_serve_many_waiters() -> Result<()> {
    holds("small-pool", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_connection_callers_are_told_when_to_come_again() -> Result<()> {
    holds("pool-exhausted", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminated_backends_are_replaced() -> Result<()> {
    holds("backends-killed", 3).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_postgres_loses_nothing() -> Result<()> {
    holds("postgres-restarted", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_postgres_loses_nothing() -> Result<()> {
    holds("postgres-killed", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_refuses_is_asked_again() -> Result<()> {
    holds("postgres-refused", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_is_slow_and_right() -> Result<()> {
    holds("postgres-slow", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_in_mid_answer_loses_nothing() -> Result<()> {
    holds("postgres-cut", 10).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() -> Result<()> {
    holds("disk-full", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_cannot_keep_loses_nothing_that_was_acknowledged() -> Result<()> {
    holds("fsync-fails", 1).await
}
