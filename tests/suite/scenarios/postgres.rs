//! Postgres does not respond at all, so only the client's timeouts help.

use anyhow::Result;

use super::holds;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_hangs_keeps_nobody_waiting() -> Result<()> {
    holds("postgres-hung", 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_behind_a_dead_network_keeps_nobody_waiting() -> Result<()> {
    holds("postgres-unreachable", 1).await
}
