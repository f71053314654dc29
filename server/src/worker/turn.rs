//! One run of a worker: measured, traced and logged.

use std::time::Instant;

use tracing::Instrument as _;

use crate::domain::{Result, chain};
use crate::metrics::{self, Ran};
use crate::telemetry::SPANS;

/// Runs, measures and logs one run of a worker.
pub(super) async fn turn<T>(worker: &'static str, work: impl Future<Output = Result<T>>) -> Option<T> {
    let span = tracing::info_span!(target: SPANS, "worker", otel.name = format!("worker {worker}"), worker);
    let begun = Instant::now();
    let outcome = work.instrument(span).await;
    metrics::worker(worker, if outcome.is_ok() { Ran::Well } else { Ran::Badly }, begun.elapsed());
    noted(worker, outcome)
}

/// Logs a failure. The worker survives it and tries again at its next run.
pub(super) fn noted<T>(work: &'static str, outcome: Result<T>) -> Option<T> {
    outcome.inspect_err(|error| tracing::warn!(work, error = %chain(error), "a worker failed")).ok()
}
