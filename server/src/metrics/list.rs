//! The list of all metrics: name, kind, unit and help text.

use metrics::Unit;

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A metric that only increases; it restarts with the process.
    Counter,
    /// A metric that increases and decreases.
    Gauge,
    /// A metric that distributes values over buckets.
    Histogram,
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The name in Prometheus, without `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// The kind of the metric.
    pub kind: MetricKind,
    /// The unit of the values.
    pub unit: Unit,
    /// The text for `# HELP`.
    pub help: &'static str,
}

/// Declares the metrics.
macro_rules! metrics {
    ($($kind:ident $unit:ident $name:literal: $help:literal;)*) => {
        /// All metrics.
        pub const ALL: &[Metric] =
            &[$(Metric { name: $name, kind: MetricKind::$kind, unit: Unit::$unit, help: $help },)*];
    };
}

metrics! {
    Gauge Count "bowline_build_info": "Always 1; the label is the running version";
    Gauge Count "bowline_draining": "1 while the process is draining before it stops";
    Counter Count "bowline_http_requests_total": "Requests by method, route template and status";
    Histogram Seconds "bowline_http_request_duration_seconds":
        "Time to answer, by method, route template and class of status";
    Histogram Seconds "bowline_token_request_duration_seconds":
        "Time until a request for one account's token was decided, also within a batch, by outcome: fresh, refreshed, degraded or the code of the refusal";
    Counter Count "bowline_refreshes_total": "Refreshes at the provider, by outcome";
    Histogram Seconds "bowline_refresh_duration_seconds":
        "Time of a refresh from the call to the write-back, by result: refreshed or failed";
    Histogram Seconds "bowline_provider_call_duration_seconds":
        "Time of one call to the provider, by operation and outcome";
    Counter Count "bowline_refresh_ahead_total": "Refreshes after the answer (refresh-ahead), by outcome";
    Counter Count "bowline_breaker_transitions_total": "State changes of circuit breakers, by new state";
    Gauge Count "bowline_breakers": "Circuit breakers of connectors that are not closed, by state: open, half_open or healing";
    Counter Count "bowline_exchanges_total": "Codes exchanged at the provider, by outcome";
    Counter Count "bowline_lost_exchanges_total":
        "Authorization codes whose response was lost, by cause: a grant may exist that nobody holds";
    Counter Count "bowline_link_sessions_total": "Link sessions that reached a state, by that state";
    Counter Count "bowline_orphan_grants_total":
        "Grants that could be neither stored nor revoked: investigate immediately";
    Counter Count "bowline_integrity_errors_total": "Sealed values that did not open: investigate immediately";
    Counter Count "bowline_audit_log_errors_total":
        "Audit logs found edited, cut or extended, when they were appended to or verified: investigate immediately";
    Counter Count "bowline_limited_requests_total":
        "Requests refused with 429 by a limit of this replica, by limit: link, login, notices, calls_of_tenant, calls_of_operator, places or log_check";
    Counter Count "bowline_login_failures_total":
        "Operator logins with an unknown name or a wrong password, or refused after a login at the identity provider";
    Counter Count "bowline_break_glass_logins_total":
        "Operator logins with a password although operators log in at the identity provider";
    Counter Count "bowline_api_keys_stopped_total":
        "API keys that the automatic stop suspended, because they fetched the tokens of far more accounts than usual";
    Gauge Count "bowline_accounts": "Accounts by status; counted if few, otherwise estimated";
    Gauge Count "bowline_connectors": "Connectors by status";
    Gauge Count "bowline_revocations_due": "Revocations pending at the provider";
    Gauge Seconds "bowline_revocations_oldest_age_seconds":
        "Age of the oldest pending revocation; 0 if there is none";
    Gauge Seconds "bowline_revocations_overdue_seconds":
        "How long the next revocation has waited for a worker; 0 if none waits";
    Gauge Count "bowline_token_repeats_unfolded":
        "Rows of the journal of repeated issues that are not folded into their holdings yet";
    Gauge Seconds "bowline_token_repeats_oldest_age_seconds":
        "Age of the oldest row of the journal of repeated issues; 0 if there is none";
    Gauge Count "bowline_database_up":
        "1 if the last sample of the database succeeded: see bowline_sample_timestamp_seconds";
    Gauge Seconds "bowline_sample_timestamp_seconds":
        "When accounts, connectors, revocations and the journal were last sampled, in seconds since 1970";
    Counter Count "bowline_sample_failures_total": "Samples of these figures that failed";
    Gauge Count "bowline_token_holdings_pending":
        "Holdings whose repeated issues are counted in memory and not yet written";
    Counter Count "bowline_notices_total":
        "Notices of the provider about changed files, by outcome: marked, nothing (no account of the connector), unverified, unknown, malformed, limited or failed";
    Counter Count "bowline_webhook_attempts_total":
        "Attempts to deliver an event to an endpoint, by what became of the delivery: delivered, waiting or skipped";
    Histogram Seconds "bowline_webhook_attempt_duration_seconds": "Time of an attempt to deliver an event, by the same";
    Histogram Seconds "bowline_webhook_delay_seconds":
        "Time from an event to the end of the first attempt, if that was accepted";
    Counter Count "bowline_webhooks_expired_total": "Deliveries that were skipped because they could not be tried within three days";
    Counter Count "bowline_webhook_endpoints_disabled_total":
        "Endpoints that the server has disabled, by reason: gone, failing or integrity_error";
    Gauge Count "bowline_webhook_endpoints_failing": "Enabled endpoints that have accepted nothing since a failure";
    Gauge Seconds "bowline_webhooks_unclaimed_seconds":
        "How long deliveries that are due have waited for a sender; 0 if none has waited for half a minute";
    Counter Count "bowline_worker_runs_total": "Runs of the background work, by worker and outcome";
    Histogram Seconds "bowline_worker_run_duration_seconds": "Duration of one run, by worker";
    Counter Count "bowline_worker_panics_total": "Panics of background workers, which are restarted, by worker: investigate immediately";
    Gauge Seconds "bowline_worker_last_success_timestamp_seconds":
        "When a worker last completed a run successfully, in seconds since 1970";
    Gauge Count "bowline_database_connections": "Open connections by state: idle or in_use of the pool, token_path and shared for the separate ones";
    Gauge Count "bowline_database_connections_limit": "Maximum connections of the pool; the token path has up to four more";
    Gauge Count "bowline_database_connection_waiters": "Requests that are waiting for a pooled connection";
    Gauge Count "bowline_token_path_waiting":
        "Calls of the token path that wait for a shared round trip, by operation";
    Histogram Seconds "bowline_database_connection_wait_seconds": "Time until a connection was obtained";
    Counter Count "bowline_database_connection_failures_total":
        "Transactions that did not begin because no connection was available in time";
}

/// Counters without labels. They exist from the start, so that their first event is visible as an increase.
pub const FROM_ZERO: &[&str] = &[
    "bowline_orphan_grants_total",
    "bowline_integrity_errors_total",
    "bowline_audit_log_errors_total",
    "bowline_login_failures_total",
    "bowline_break_glass_logins_total",
    "bowline_api_keys_stopped_total",
    "bowline_sample_failures_total",
];

/// Registers the help text of every metric with the recorder.
pub(super) fn describe() {
    for metric in ALL {
        match metric.kind {
            MetricKind::Counter => metrics::describe_counter!(metric.name, metric.unit, metric.help),
            MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.unit, metric.help),
            MetricKind::Histogram => metrics::describe_histogram!(metric.name, metric.unit, metric.help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_the_conventions() {
        for Metric { name, kind, unit, help } in ALL {
            assert!(name.starts_with("bowline_"), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == MetricKind::Counter, "{name}");
            assert_eq!(name.ends_with("_seconds"), *unit == Unit::Seconds, "{name}");
            assert!(help.len() > 15 && !help.ends_with('.'), "{name}");
        }
        let mut names: Vec<_> = ALL.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len(), "each name once");
        assert!(FROM_ZERO.iter().all(|name| names.contains(name)));
    }
}
