//! What is measured, and how Prometheus gets it.

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;

/// Upper bounds of the classes of durations, in seconds: from a fast token fetch to a provider that does not answer.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Installs the recorder of this process; once. Its handle is managed by the internal listener.
///
/// # Errors
/// Where there is one already.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .context("the classes of the histograms")?
        .install_recorder()
        .context("a metrics recorder is installed already")?;
    describe();
    Ok(handle)
}

/// Takes the values that nobody reports by himself, just before they are read.
pub fn observe(app: &App) {
    let (open, idle, waiting) = app.store.pool_status();
    for (state, count) in [("open", open), ("idle", idle), ("waiting", waiting)] {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        metrics::gauge!("bowline_database_connections", "state" => state).set(count);
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("bowline_http_requests_total", "Requests by method, route template and status");
    describe_histogram!("bowline_http_request_duration_seconds", "Time to answer, by route template");
    describe_counter!("bowline_integrity_errors_total", "Sealed values that did not open: look at once");
    describe_counter!(
        "bowline_login_failures_total",
        "Operator logins with an unknown name or a wrong password"
    );
    describe_counter!("bowline_refreshes_total", "Refreshes at the provider, by outcome");
    describe_counter!("bowline_exchanges_total", "Codes exchanged at the provider, by outcome");
    describe_counter!(
        "bowline_orphan_grants_total",
        "Grants that could be neither stored nor revoked: look at once"
    );
    describe_gauge!(
        "bowline_database_connections",
        "Connections open and idle, and requests waiting for one"
    );
}
