//! States, actors and events in words, shared by the screens and the command line.

use bowline_api::admin::{Actor, AuditEvent, Job};
use bowline_api::status::{AccountStatus, ConnectorStatus, JobState};

use crate::theme::Meaning;

/// A status as a symbol and a word.
pub fn status_label(status: AccountStatus) -> (String, Meaning) {
    let (sign, meaning) = match status {
        AccountStatus::Active => ("●", Meaning::Good),
        AccountStatus::NeedsReauth => ("▲", Meaning::Warn),
        AccountStatus::Suspended => ("‖", Meaning::Warn),
        AccountStatus::Revoking => ("◌", Meaning::Busy),
        AccountStatus::Revoked => ("✕", Meaning::Bad),
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
    let (text, meaning) = match job.state {
        JobState::Prepared => ("○ prepared", Meaning::Warn),
        JobState::AwaitingApproval => ("○ needs approval", Meaning::Warn),
        JobState::Running => ("◌ running", Meaning::Busy),
        JobState::Cancelled => ("‖ cancelled", Meaning::Muted),
        JobState::Stopped => ("‖ stopped", Meaning::Warn),
        JobState::Finished if is_whole => ("● finished", Meaning::Good),
        JobState::Finished => ("▲ partly done", Meaning::Warn),
    };
    (text.to_owned(), meaning)
}

/// A connector's status as a symbol and a word.
pub fn connector_label(status: ConnectorStatus) -> (String, Meaning) {
    let (sign, meaning) = match status {
        ConnectorStatus::Active => ("●", Meaning::Good),
        ConnectorStatus::Broken => ("✕", Meaning::Bad),
        ConnectorStatus::Disabled => ("‖", Meaning::Warn),
    };
    (format!("{sign} {status}"), meaning)
}
