//! Refreshes, links and background work, which are rare enough to look up a handle each time.

use std::fmt::Display;
use std::time::{Duration, SystemTime};

use bowline_api::status::LinkSessionStatus;

use crate::domain::About;

/// The result of a refresh, for its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The token was refreshed.
    Yes,
    /// The refresh failed for this reason, as named by [`bowline_provider::Failure::code`].
    No(&'static str),
}

/// The result of a worker's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// The worker has done everything that was due.
    Well,
    /// The run failed; the failure is logged and the work is retried.
    Badly,
}

/// A limit that can refuse a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Link pages per client address.
    Link,
    /// Logins per client address.
    Login,
    /// Notices of the provider per client address and per connector, and connectors that nobody has notified lately.
    Notices,
    /// Requests per tenant.
    TenantRate,
    /// Requests per operator.
    OperatorRate,
    /// Concurrent work per tenant or of all operators.
    Places,
    /// Verification of audit logs, one at a time.
    LogCheck,
}

impl LimitKind {
    const ALL: [Self; 7] = [
        Self::Link,
        Self::Login,
        Self::Notices,
        Self::TenantRate,
        Self::OperatorRate,
        Self::Places,
        Self::LogCheck,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Login => "login",
            Self::Notices => "notices",
            Self::TenantRate => "calls_of_tenant",
            Self::OperatorRate => "calls_of_operator",
            Self::Places => "places",
            Self::LogCheck => "log_check",
        }
    }
}

/// The background workers whose runs are counted; see `crate::worker`.
const WORKER_NAMES: [&str; 14] = [
    "token_holdings",
    "activity",
    "drains",
    "old_minutes",
    "old_events",
    "revocations",
    "jobs",
    "link_sessions",
    "idempotency_keys",
    "manage_sessions",
    "token_repeats",
    "account_changes",
    "webhooks",
    "old_webhooks",
];

/// Creates series from the start, so that their first event is visible as an increase.
pub(super) fn register() {
    for outcome in
        ["refreshed", "refresh_token_revoked", "connect_failed", "provider_error", "rate_limited", "timeout"]
    {
        metrics::counter!("bowline_refreshes_total", "outcome" => outcome).increment(0);
    }
    for status in LinkSessionStatus::ALL {
        metrics::counter!("bowline_link_sessions_total", "status" => status.as_str()).increment(0);
    }
    for outcome in ["done", "failed", "database_failed", "dropped"] {
        metrics::counter!("bowline_refresh_ahead_total", "outcome" => outcome).increment(0);
    }
    for state in ["open", "healing", "closed"] {
        metrics::counter!("bowline_breaker_transitions_total", "to" => state).increment(0);
    }
    for limit in LimitKind::ALL {
        metrics::counter!("bowline_limited_requests_total", "limit" => limit.name()).increment(0);
    }
    for worker in WORKER_NAMES {
        metrics::counter!("bowline_worker_runs_total", "worker" => worker, "outcome" => "failed")
            .increment(0);
    }
    for worker in WORKER_NAMES.into_iter().chain(["sample", "link_waits", "events"]) {
        metrics::counter!("bowline_worker_panics_total", "worker" => worker).increment(0);
    }
    breakers(0, 0, 0);
}

/// Records the number of connectors whose circuit breaker is not closed.
pub fn breakers(open: u32, half_open: u32, healing: u32) {
    for (state, count) in [("open", open), ("half_open", half_open), ("healing", healing)] {
        metrics::gauge!("bowline_breakers", "state" => state).set(count);
    }
}

/// Records a refresh at the provider that ended after `elapsed`, including its write-back.
pub fn refresh(outcome: Refreshed, elapsed: Duration) {
    let (outcome, result) = match outcome {
        Refreshed::Yes => ("refreshed", "refreshed"),
        Refreshed::No(code) => (code, "failed"),
    };
    metrics::counter!("bowline_refreshes_total", "outcome" => outcome).increment(1);
    metrics::histogram!("bowline_refresh_duration_seconds", "result" => result).record(elapsed);
}

/// Records that a limit refused a request.
pub fn limited(limit: LimitKind) {
    metrics::counter!("bowline_limited_requests_total", "limit" => limit.name()).increment(1);
}

/// Records that a link session has reached a state.
pub fn link_session(status: LinkSessionStatus) {
    metrics::counter!("bowline_link_sessions_total", "status" => status.as_str()).increment(1);
}

/// Counts and logs that a stored value is not what the server stored.
pub fn integrity_error(what: &'static str, about: About, found: &dyn Display) {
    let counter = match about {
        About::AuditLog(_) => "bowline_audit_log_errors_total",
        _ => "bowline_integrity_errors_total",
    };
    let about = about.subject();
    tracing::error!(what, about, error = %found, alarm = "integrity", "a stored value was moved, edited, deleted or replaced by an old one");
    metrics::counter!(counter).increment(1);
}

/// Records that an operator logged in with a password although operators log in at the identity provider.
pub fn break_glass_login() {
    metrics::counter!("bowline_break_glass_logins_total").increment(1);
}

/// Records that an operator's login failed.
pub fn login_failed() {
    metrics::counter!("bowline_login_failures_total").increment(1);
}

/// Records that an API key was suspended by the automatic stop.
pub fn api_key_stopped() {
    metrics::counter!("bowline_api_keys_stopped_total").increment(1);
}

/// Records a worker's run that ended after `elapsed`.
pub fn worker(name: &'static str, ran: Ran, elapsed: Duration) {
    let outcome = match ran {
        Ran::Well => "ok",
        Ran::Badly => "failed",
    };
    metrics::counter!("bowline_worker_runs_total", "worker" => name, "outcome" => outcome).increment(1);
    metrics::histogram!("bowline_worker_run_duration_seconds", "worker" => name).record(elapsed);
    if ran == Ran::Well {
        metrics::gauge!("bowline_worker_last_success_timestamp_seconds", "worker" => name).set(unix_time());
    }
}

/// Records that a worker, or one item of its work, panicked; it is restarted.
pub fn worker_panicked(name: &'static str) {
    metrics::counter!("bowline_worker_panics_total", "worker" => name).increment(1);
}

/// Seconds since 1970 by this machine's clock. Prometheus compares them with its own clock; nothing else depends on
/// them.
#[expect(clippy::disallowed_methods, reason = "it is only reported and decides nothing")]
pub fn unix_time() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
