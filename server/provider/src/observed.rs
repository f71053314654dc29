//! The telemetry of each call to a provider: a span, and its duration by operation and outcome.

use std::time::Instant;

use tracing::Instrument as _;

use crate::Failure;

/// Runs one call. `operation` is our name for it, and `route` is the provider's path. Neither contains anything from the
/// caller.
pub(crate) async fn observed<T>(
    operation: &'static str,
    route: &'static str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    observed_as(operation, route, call, Failure::code).await
}

/// The same for a call with errors of another type, whose short name `code` gives.
pub(crate) async fn observed_as<T, E>(
    operation: &'static str,
    route: &'static str,
    call: impl Future<Output = Result<T, E>>,
    code: impl Fn(&E) -> &'static str,
) -> Result<T, E> {
    let span = tracing::info_span!(
        "provider call",
        operation,
        route,
        outcome = tracing::field::Empty,
        otel.kind = "client",
        otel.status_code = tracing::field::Empty,
    );
    let begun = Instant::now();
    let answer = call.instrument(span.clone()).await;
    let outcome = answer.as_ref().map_or_else(&code, |_| "ok");
    span.record("outcome", outcome);
    if answer.is_err() {
        span.record("otel.status_code", "ERROR");
    }
    metrics::histogram!("bowline_provider_call_duration_seconds", "operation" => operation, "outcome" => outcome)
        .record(begun.elapsed());
    answer
}
