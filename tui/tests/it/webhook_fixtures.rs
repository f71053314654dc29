//! Endpoints for webhooks and deliveries as the admin API returns them, identical in every run.

use bowline_api::WebhookEndpointId;
use bowline_api::status::{WebhookDeliveryState, WebhookState};
use bowline_api::v1::{NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::fixtures::now;

pub(crate) fn endpoint_id(n: u128) -> WebhookEndpointId {
    Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_3000 + n).into()
}

/// One that works, one that accepts nothing, and one that wants no more events.
pub(crate) fn endpoints() -> Vec<WebhookEndpoint> {
    let works = WebhookEndpoint {
        id: endpoint_id(0),
        url: "https://photos.acme.example/hooks".into(),
        events: vec!["account.linked".into(), "account.needs_reauth".into()],
        connector_id: None,
        state: WebhookState::Enabled.into(),
        state_reason: None,
        failing_since: None,
        old_secret_expires_at: Some(now() + TimeDelta::hours(20)),
        created_at: now() - TimeDelta::days(3),
    };
    let failing = WebhookEndpoint {
        id: endpoint_id(1),
        url: "https://old.acme.example/in".into(),
        events: Vec::new(),
        failing_since: Some(now() - TimeDelta::hours(5)),
        old_secret_expires_at: None,
        ..works.clone()
    };
    let gone = WebhookEndpoint {
        id: endpoint_id(2),
        url: "https://gone.acme.example/".into(),
        state: WebhookState::Disabled.into(),
        state_reason: Some("gone".into()),
        ..failing.clone()
    };
    vec![works, failing, gone]
}

/// One that is on its way, one that fails, and one that was accepted.
pub(crate) fn deliveries() -> Vec<WebhookDelivery> {
    let new = WebhookDelivery {
        event_id: Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_4000).into(),
        kind: "account.needs_reauth".into(),
        occurred_at: now() - TimeDelta::seconds(2),
        state: WebhookDeliveryState::Waiting.into(),
        attempts: 0,
        attempted_at: None,
        next_attempt_at: Some(now()),
        status: None,
        error: None,
        duration_ms: None,
        answer: None,
    };
    let failed = WebhookDelivery {
        event_id: Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_4001).into(),
        kind: "account.linked".into(),
        occurred_at: now() - TimeDelta::hours(4),
        attempts: 5,
        attempted_at: Some(now() - TimeDelta::minutes(40)),
        next_attempt_at: Some(now() + TimeDelta::hours(2)),
        status: Some(500),
        duration_ms: Some(31),
        answer: Some("<html>\u{1b}[2J it broke".into()),
        ..new.clone()
    };
    let accepted = WebhookDelivery {
        event_id: Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_4002).into(),
        kind: "link_session.completed".into(),
        state: WebhookDeliveryState::Delivered.into(),
        attempts: 1,
        next_attempt_at: None,
        status: Some(204),
        answer: None,
        ..failed.clone()
    };
    vec![new, failed, accepted]
}

pub(crate) fn new_endpoint() -> NewWebhookEndpoint {
    NewWebhookEndpoint { endpoint: endpoints().remove(0), secret: "whsec_CANARY".into() }
}

/// An endpoint as it is once it is changed.
pub(crate) fn switched(id: WebhookEndpointId, state: WebhookState) -> WebhookEndpoint {
    let endpoint = endpoints().into_iter().find(|endpoint| endpoint.id == id).unwrap();
    WebhookEndpoint { state: state.into(), state_reason: None, ..endpoint }
}
