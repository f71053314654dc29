//! Opens the dialogs about endpoints for webhooks.

use bowline_api::WebhookEndpointId;
use bowline_api::status::WebhookState;
use bowline_api::v1::{CreateWebhookEndpoint, EditWebhookEndpoint, WebhookDelivery, WebhookEndpoint};

use crate::client::{Act, Answer, Proof, TenantRef, WebhookAct};
use crate::dialog::new_secret::NewSecret;
use crate::interface::dialog::Reaction;
use crate::when::stamp;

use super::fields::Purpose;
use super::form::ChangeDialog;
use super::typed::ALL;

/// The dialog that creates an endpoint of this tenant.
pub fn create_webhook(tenant: &TenantRef) -> Reaction {
    let wanted = Box::new(CreateWebhookEndpoint { url: String::new(), events: Vec::new(), connector: None });
    let act = WebhookAct::Create { wanted, proof: Proof::empty() };
    let names = (format!("an endpoint of {tenant}"), String::new());
    let about = vec![format!("a new webhook endpoint of tenant {tenant}")];
    let dialog = ChangeDialog::new(Act::Webhook { tenant: tenant.clone(), act }, "create", names, about);
    Reaction::Open(Box::new(dialog.with(Purpose::Events, ALL).followed_by(show_secret)))
}

/// The dialog that edits an endpoint of this tenant; it begins with what there is.
pub fn edit_webhook(tenant: &TenantRef, subject: Option<&WebhookEndpoint>) -> Reaction {
    let Some(endpoint) = subject else { return none_selected() };
    let (url, events) = (endpoint.url.clone(), endpoint.events.clone());
    let shown = if events.is_empty() { ALL.to_owned() } else { events.join(" ") };
    let connector = endpoint.connector_id.map(|id| id.to_string()).unwrap_or_default();
    // What there is, with which the fields are compared: only what is different is sent.
    let edit = EditWebhookEndpoint {
        url: Some(url.clone()),
        events: Some(events),
        connector: Some(endpoint.connector_id),
    };
    let edit = Box::new(edit);
    let act = WebhookAct::Edit { id: endpoint.id, edit, proof: Proof::empty() };
    let dialog = webhook_dialog(tenant, act, "edit", endpoint);
    let dialog = dialog.with(Purpose::Url, &url).with(Purpose::Events, &shown);
    Reaction::Open(Box::new(dialog.with(Purpose::Connector, &connector)))
}

/// The dialog that disables an endpoint of this tenant, or enables it if it is disabled.
pub fn pause_webhook(tenant: &TenantRef, subject: Option<&WebhookEndpoint>) -> Reaction {
    let Some(endpoint) = subject else { return none_selected() };
    let id = endpoint.id;
    match endpoint.state.known() {
        Some(WebhookState::Enabled) => of_endpoint(tenant, WebhookAct::Disable { id }, "disable", endpoint),
        Some(WebhookState::Disabled) => of_endpoint(tenant, WebhookAct::Enable { id }, "enable", endpoint),
        Some(WebhookState::Removed) => Reaction::Notify("this endpoint is removed".to_owned()),
        None => {
            let state = endpoint.state.as_str();
            Reaction::Notify(format!("this bowline does not know the state {state}: update it"))
        }
    }
}

/// The dialog that sends a test event to an endpoint of this tenant.
pub fn test_webhook(tenant: &TenantRef, subject: Option<&WebhookEndpoint>) -> Reaction {
    let Some(endpoint) = subject else { return none_selected() };
    if endpoint.state == WebhookState::Disabled {
        return Reaction::Notify("this endpoint is disabled; enable it first".to_owned());
    }
    let act = WebhookAct::Test { id: endpoint.id };
    of_endpoint(tenant, act, "send a test event to", endpoint)
}

/// The dialog that replaces the signing secret of an endpoint of this tenant.
pub fn rotate_webhook(tenant: &TenantRef, subject: Option<&WebhookEndpoint>) -> Reaction {
    let Some(endpoint) = subject else { return none_selected() };
    let act = WebhookAct::Rotate { id: endpoint.id, overlap_hours: None, proof: Proof::empty() };
    let dialog = webhook_dialog(tenant, act, "rotate the secret of", endpoint);
    Reaction::Open(Box::new(dialog.with(Purpose::Hours, "24").followed_by(show_secret)))
}

/// The dialog that deletes an endpoint of this tenant.
pub fn delete_webhook(tenant: &TenantRef, subject: Option<&WebhookEndpoint>) -> Reaction {
    let Some(endpoint) = subject else { return none_selected() };
    of_endpoint(tenant, WebhookAct::Delete { id: endpoint.id }, "delete", endpoint)
}

/// The dialog that sends an event to an endpoint of this tenant again.
pub fn send_again(tenant: &TenantRef, id: WebhookEndpointId, subject: Option<&WebhookDelivery>) -> Reaction {
    let Some(delivery) = subject else { return Reaction::Notify("no delivery is selected".to_owned()) };
    let event = delivery.event_id;
    let about = vec![format!("{} of {}", delivery.kind, stamp(delivery.occurred_at)), format!("to {id}")];
    let act = Act::Webhook { tenant: tenant.clone(), act: WebhookAct::Resend { id, event } };
    let names = (delivery.kind.clone(), event.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "send again", names, about)))
}

/// The dialog that sends everything to an endpoint of this tenant again that it has not accepted since an event happened.
pub fn send_all_again(
    tenant: &TenantRef,
    id: WebhookEndpointId,
    subject: Option<&WebhookDelivery>,
) -> Reaction {
    let Some(delivery) = subject else { return Reaction::Notify("no delivery is selected".to_owned()) };
    let since = delivery.occurred_at;
    let act = WebhookAct::ResendSince { id, since, accepted_too: false };
    let act = Act::Webhook { tenant: tenant.clone(), act };
    let names = (format!("all events since {}", stamp(since)), id.to_string());
    let about = vec![format!("all events since {} that it has not accepted", stamp(since))];
    Reaction::Open(Box::new(ChangeDialog::new(act, "send again", names, about)))
}

fn none_selected() -> Reaction {
    Reaction::Notify("no endpoint is selected".to_owned())
}

fn of_endpoint(
    tenant: &TenantRef,
    act: WebhookAct,
    verb: &'static str,
    endpoint: &WebhookEndpoint,
) -> Reaction {
    Reaction::Open(Box::new(webhook_dialog(tenant, act, verb, endpoint)))
}

fn webhook_dialog(
    tenant: &TenantRef,
    act: WebhookAct,
    verb: &'static str,
    endpoint: &WebhookEndpoint,
) -> ChangeDialog {
    let about = vec![endpoint.url.clone(), format!("tenant {tenant} · {}", endpoint.state)];
    let names = (format!("endpoint {}", endpoint.url), endpoint.id.to_string());
    ChangeDialog::new(Act::Webhook { tenant: tenant.clone(), act }, verb, names, about)
}

/// Shows the new secret of an endpoint.
fn show_secret(_: &Act, answer: &Answer) -> Vec<Reaction> {
    let Answer::NewWebhook(new) = answer else { return Vec::new() };
    let endpoint = &new.endpoint;
    let secret = NewSecret::new("signing secret", &endpoint.url, &endpoint.id.to_string(), &new.secret);
    vec![Reaction::Open(Box::new(secret))]
}
