//! Deliveries of events to tenants' endpoints.

use std::time::Duration;

use bowline_api::status::WebhookDeliveryState;

/// Creates series from the start, so that their first event is visible as an increase.
pub(super) fn register() {
    for state in WebhookDeliveryState::ALL {
        metrics::counter!("bowline_webhook_attempts_total", "outcome" => state.as_str()).increment(0);
        let _begun =
            metrics::histogram!("bowline_webhook_attempt_duration_seconds", "outcome" => state.as_str());
    }
    for reason in ["gone", "failing", "integrity_error"] {
        metrics::counter!("bowline_webhook_endpoints_disabled_total", "reason" => reason).increment(0);
    }
    metrics::counter!("bowline_webhooks_expired_total").increment(0);
    let _begun = metrics::histogram!("bowline_webhook_delay_seconds");
}

/// Records an attempt, and what its delivery is after it.
pub fn webhook_attempt(outcome: WebhookDeliveryState, elapsed: Duration) {
    metrics::counter!("bowline_webhook_attempts_total", "outcome" => outcome.as_str()).increment(1);
    metrics::histogram!("bowline_webhook_attempt_duration_seconds", "outcome" => outcome.as_str())
        .record(elapsed);
}

/// Records how long after its event a delivery was accepted at the first attempt.
pub fn webhook_delay(delay: Duration) {
    metrics::histogram!("bowline_webhook_delay_seconds").record(delay);
}

/// Records deliveries that could not be tried in time.
pub fn webhooks_expired(count: usize) {
    metrics::counter!("bowline_webhooks_expired_total").increment(count.try_into().unwrap_or(u64::MAX));
}

/// Records that the server has disabled an endpoint.
pub fn webhook_endpoint_disabled(reason: &'static str) {
    metrics::counter!("bowline_webhook_endpoints_disabled_total", "reason" => reason).increment(1);
}
