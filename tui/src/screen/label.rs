//! States, actors and events in words, shared by the screens and the command line.

use bowline_api::Named;
use bowline_api::admin::{Actor, AuditEvent, Job};
use bowline_api::status::{AccountStatus, ConnectorStatus, JobState, WebhookDeliveryState, WebhookState};
use bowline_api::v1::{WebhookDelivery, WebhookEndpoint};

use crate::theme::Meaning;

/// The symbol of a state that only a newer server knows.
pub const UNKNOWN: &str = "?";

/// A status as a symbol and a word.
pub fn status_label(status: Named<AccountStatus>) -> (String, Meaning) {
    let (sign, meaning) = match status.known() {
        Some(AccountStatus::Active) => ("●", Meaning::Good),
        Some(AccountStatus::NeedsReauth) => ("▲", Meaning::Warn),
        Some(AccountStatus::Suspended) => ("‖", Meaning::Warn),
        Some(AccountStatus::Revoking) => ("◌", Meaning::Busy),
        Some(AccountStatus::Revoked) => ("✕", Meaning::Bad),
        None => (UNKNOWN, Meaning::Muted),
    };
    (format!("{sign} {status}"), meaning)
}

/// The actor's name and kind.
pub fn actor_label(actor: &Actor) -> String {
    match actor.name.as_ref().or(actor.id.as_ref()) {
        Some(name) => format!("{name} ({})", actor.kind),
        None => actor.kind.clone(),
    }
}

/// How an action looks: what ends something or is wrong, what holds something back, what works again.
pub fn action_meaning(action: &str) -> Meaning {
    let ends = |words: &[&str]| words.iter().any(|word| action.ends_with(word));
    if ends(&["integrity_error", "broken", "revoked", "failed", "given_up", "grant_lost", "removed"]) {
        Meaning::Bad
    } else if ends(&["needs_reauth", "suspended", "disabled", "denied", "expired", "frozen", "stopped"]) {
        Meaning::Warn
    } else if ends(&["linked", "recovered", "resumed", "working", "enabled", "migrated", "thawed"]) {
        Meaning::Good
    } else {
        Meaning::Text
    }
}

/// The details of an event in one line: `reason: …, status: …`.
pub fn detail_text(event: &AuditEvent) -> String {
    let fact = |(key, value): (&String, &serde_json::Value)| format!("{key}: {}", fact_text(value));
    event.detail.iter().map(fact).collect::<Vec<_>>().join(", ")
}

/// One detail of an event.
pub fn fact_text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A job's state as a symbol and words. A job that has ended and left something undone says so.
pub fn job_label(job: &Job) -> (String, Meaning) {
    let is_whole = job.done >= job.total;
    let (text, meaning) = match job.state.known() {
        Some(JobState::Prepared) => ("○ prepared", Meaning::Warn),
        Some(JobState::AwaitingApproval) => ("○ needs approval", Meaning::Warn),
        Some(JobState::Running) => ("◌ running", Meaning::Busy),
        Some(JobState::Cancelled) => ("‖ cancelled", Meaning::Muted),
        Some(JobState::Stopped) => ("‖ stopped", Meaning::Warn),
        Some(JobState::Finished) if is_whole => ("● finished", Meaning::Good),
        Some(JobState::Finished) => ("▲ partly done", Meaning::Warn),
        None => return (format!("{UNKNOWN} {}", job.state), Meaning::Muted),
    };
    (text.to_owned(), meaning)
}

/// A connector's status as a symbol and a word.
pub fn connector_label(status: Named<ConnectorStatus>) -> (String, Meaning) {
    let (sign, meaning) = match status.known() {
        Some(ConnectorStatus::Active) => ("●", Meaning::Good),
        Some(ConnectorStatus::Broken) => ("✕", Meaning::Bad),
        Some(ConnectorStatus::Disabled) => ("‖", Meaning::Warn),
        None => (UNKNOWN, Meaning::Muted),
    };
    (format!("{sign} {status}"), meaning)
}

/// The state of an endpoint for webhooks as a symbol and words. One that is enabled and accepts nothing says so.
pub fn webhook_label(endpoint: &WebhookEndpoint) -> (String, Meaning) {
    let (text, meaning) = match (endpoint.state.known(), endpoint.state_reason.as_deref()) {
        (Some(WebhookState::Enabled), _) if endpoint.failing_since.is_some() => ("▲ failing", Meaning::Warn),
        (Some(WebhookState::Enabled), _) => ("● enabled", Meaning::Good),
        (Some(WebhookState::Disabled), Some("gone")) => ("✕ disabled: 410", Meaning::Bad),
        (Some(WebhookState::Disabled), Some("integrity_error")) => ("✕ disabled: edited", Meaning::Bad),
        (Some(WebhookState::Disabled), Some("failing")) => ("✕ disabled: failing", Meaning::Bad),
        (Some(WebhookState::Disabled), _) => ("‖ disabled", Meaning::Warn),
        (Some(WebhookState::Removed), _) => ("✕ removed", Meaning::Bad),
        (None, _) => return (format!("{UNKNOWN} {}", endpoint.state), Meaning::Muted),
    };
    (text.to_owned(), meaning)
}

/// Why an endpoint for webhooks is disabled, in words.
pub fn why_disabled(reason: &str) -> &str {
    match reason {
        "requested" => "somebody disabled it",
        "gone" => "it answered 410, which means that it wants no more events",
        "failing" => "it accepted nothing for ten days",
        "integrity_error" => "what is stored about it was edited",
        other => other,
    }
}

/// The state of a delivery as a symbol and a word.
pub fn delivery_label(delivery: &WebhookDelivery) -> (String, Meaning) {
    let (sign, meaning) = match delivery.state.known() {
        Some(WebhookDeliveryState::Waiting) if delivery.attempts > 0 => ("▲", Meaning::Warn),
        Some(WebhookDeliveryState::Waiting) => ("◌", Meaning::Busy),
        Some(WebhookDeliveryState::Delivered) => ("✓", Meaning::Good),
        Some(WebhookDeliveryState::Skipped) => ("✕", Meaning::Bad),
        None => (UNKNOWN, Meaning::Muted),
    };
    (format!("{sign} {}", delivery.state), meaning)
}

/// A name with the word for sandboxes in front, so that nothing of a sandbox is taken for something real.
pub fn marked(name: &str, sandbox: bool) -> String {
    if sandbox { format!("[sandbox] {name}") } else { name.to_owned() }
}
