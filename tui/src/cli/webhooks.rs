//! `bowline webhooks`: a tenant's endpoints that are told of events, and what was delivered to them.

use std::io;
use std::process::ExitCode;

use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint,
};
use bowline_api::{AnyOf, ConnectorId, EventId, WebhookEndpointId};
use clap::{Args, Subcommand};

use crate::client::{Act, Answer, Proof, TenantRef, WebhookAct};
use crate::dialog::confirmation::end_of;
use crate::screen::label::{delivery_label, webhook_label};
use crate::terminal::now;
use crate::when::{TIME_FORMS, point, stamp};

use super::act::CommandChange;
use super::output::Output;
use super::page::{PageArgs, list, print};
use super::shown_once::{lost, must_be_seen};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for endpoints that are told of events.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// List a tenant's endpoints, without their secrets
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
    /// Show an endpoint, without its secret
    Show(EndpointArguments),
    /// Create an endpoint and print its signing secret, which is never shown again; asks for your password
    Create {
        /// Where events are sent: https, on a host of the public internet
        url: String,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// The types of events that it gets, such as account.revoked, with commas between; all if omitted
        #[arg(long, value_name = "TYPES", value_delimiter = ',')]
        events: Vec<String>,
        /// Only events of this connector, which then go to no endpoint without one
        #[arg(long, value_name = "ID")]
        connector: Option<ConnectorId>,
    },
    /// Edit an endpoint; what is not given stays as it is; another URL asks for your password
    Edit {
        /// Which endpoint.
        #[command(flatten)]
        of: EndpointArguments,
        /// Where events are sent, those that wait as well
        #[arg(long)]
        url: Option<String>,
        /// The types of events that it gets, with commas between; all of them are replaced
        #[arg(long, value_name = "TYPES", value_delimiter = ',', conflicts_with = "all_events")]
        events: Vec<String>,
        /// Events of all types
        #[arg(long)]
        all_events: bool,
        /// Only events of this connector (`conn_…`), which then go to no endpoint without one
        #[arg(long, value_name = "ID", conflicts_with = "any_connector")]
        connector: Option<ConnectorId>,
        /// Events of all connectors that have no endpoint of their own
        #[arg(long)]
        any_connector: bool,
    },
    /// Enable an endpoint: what waits for it and is less than three days old is delivered
    Enable(EndpointArguments),
    /// Disable an endpoint: it is told of nothing that happens until it is enabled again
    Disable(EndpointArguments),
    /// Delete an endpoint with the log of its deliveries, which cannot be undone
    Delete {
        /// Which endpoint.
        #[command(flatten)]
        of: EndpointArguments,
        /// The last 6 characters of the id, as a confirmation
        #[arg(long, value_name = "END")]
        confirm: String,
    },
    /// Send an endpoint an event of the type endpoint.test, whatever types it gets otherwise
    Test(EndpointArguments),
    /// Replace an endpoint's signing secret and print the new one, which is never shown again; asks for your password
    RotateSecret {
        /// Which endpoint.
        #[command(flatten)]
        of: EndpointArguments,
        /// How many hours messages are signed with the old secret as well, 0 to 720
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
        overlap: u32,
    },
    /// List what became of events at an endpoint, newest first; events are kept for 30 days, account.changed for 3
    Deliveries {
        /// Which endpoint.
        #[command(flatten)]
        of: EndpointArguments,
        /// Only those that are waiting, delivered or skipped, or any of several with commas between
        #[arg(long)]
        state: Option<AnyOf<WebhookDeliveryState>>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Send events to an endpoint again, with the same ids: one of them, or those since a time that it has not accepted
    Resend {
        /// Which endpoint.
        #[command(flatten)]
        of: EndpointArguments,
        /// This event (`evt_…`), also if it was accepted
        #[arg(long, value_name = "ID", required_unless_present = "since", conflicts_with = "since")]
        event: Option<EventId>,
        /// All events since this time that it has not accepted, such as 2h, 3d, yesterday or 2026-11-23T18:35:07Z
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// With --since: those that it has accepted as well
        #[arg(long, requires = "since")]
        accepted_too: bool,
    },
}

/// An endpoint.
#[derive(Debug, Clone, Args)]
pub struct EndpointArguments {
    /// `whe_…`
    pub id: WebhookEndpointId,
    /// Its tenant: short name or id
    #[arg(long)]
    pub tenant: TenantRef,
}

/// Runs a command about endpoints.
pub(super) async fn run(
    target: &CommandTarget,
    command: &WebhooksCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let (tenant, what, act) = match command {
        WebhooksCommand::List { tenant } => {
            let found = client.webhooks(tenant).await?;
            return print(&found, ["ENDPOINT", "URL", "STATE", "FAILING SINCE", "EVENTS"], webhook_row, out);
        }
        WebhooksCommand::Show(EndpointArguments { id, tenant }) => {
            show_webhook(&client.webhook(tenant, *id).await?, out)?;
            return Ok(Outcome::Success.into());
        }
        WebhooksCommand::Deliveries { of: EndpointArguments { id, tenant }, state, page } => {
            let fetch = async |place| client.deliveries(tenant, *id, state.as_ref(), place).await;
            let titles = ["EVENT", "TYPE", "HAPPENED", "STATE", "TRIES", "OUTCOME", "ANSWER"];
            return list(page, fetch, titles, delivery_row, out).await;
        }
        WebhooksCommand::Create { url, tenant, events, connector } => {
            must_be_seen()?;
            let (url, events, connector) = (url.clone(), events.clone(), *connector);
            let wanted = Box::new(CreateWebhookEndpoint { url, events, connector });
            let act = WebhookAct::Create { wanted, proof: Proof::empty() };
            (tenant, "create an endpoint".to_owned(), act)
        }
        WebhooksCommand::RotateSecret { of: EndpointArguments { id, tenant }, overlap } => {
            must_be_seen()?;
            let what = format!("replace the secret of endpoint {id}, which then signs for {overlap} hours");
            let act = WebhookAct::Rotate { id: *id, overlap_hours: Some(*overlap), proof: Proof::empty() };
            (tenant, what, act)
        }
        WebhooksCommand::Edit {
            of: EndpointArguments { id, tenant },
            url,
            events,
            all_events,
            connector,
            any_connector,
        } => {
            let events = (*all_events || !events.is_empty()).then(|| events.clone());
            let connector = if *any_connector { Some(None) } else { connector.map(Some) };
            if url.is_none() && events.is_none() && connector.is_none() {
                let text = "say what to edit: --url, --events, --all-events, --connector or --any-connector";
                return Err(CliError::Usage(text.to_owned()));
            }
            let edit = Box::new(EditWebhookEndpoint { url: url.clone(), events, connector });
            let act = WebhookAct::Edit { id: *id, edit, proof: Proof::empty() };
            (tenant, format!("edit endpoint {id}"), act)
        }
        WebhooksCommand::Enable(EndpointArguments { id, tenant }) => {
            (tenant, format!("enable endpoint {id}"), WebhookAct::Enable { id: *id })
        }
        WebhooksCommand::Disable(EndpointArguments { id, tenant }) => {
            (tenant, format!("disable endpoint {id}"), WebhookAct::Disable { id: *id })
        }
        WebhooksCommand::Delete { of: EndpointArguments { id, tenant }, confirm } => {
            if confirm != end_of(&id.to_string()) {
                return Err(CliError::NotConfirmed("--confirm is not the end of the id".to_owned()));
            }
            (tenant, format!("delete endpoint {id}"), WebhookAct::Delete { id: *id })
        }
        WebhooksCommand::Test(EndpointArguments { id, tenant }) => {
            (tenant, format!("send a test event to endpoint {id}"), WebhookAct::Test { id: *id })
        }
        WebhooksCommand::Resend { of: EndpointArguments { id, tenant }, event, since, accepted_too } => {
            let (what, act) = resend_in_words(*id, *event, since.as_deref(), *accepted_too)?;
            (tenant, what, act)
        }
    };
    let change = CommandChange::begin(target, &client, &format!("{what} of tenant {tenant}"))?;
    let act = Act::Webhook { tenant: tenant.clone(), act };
    match change.make(act).await? {
        Answer::NewWebhook(new) => {
            let shown = if out.is_json() { out.json(&new) } else { show_secret(&new, out) };
            shown.map_err(lost(format!(
                "replace it with: bowline webhooks rotate-secret {}",
                new.endpoint.id
            )))?;
            Ok(Outcome::Success.into())
        }
        other => super::act::show(&other, out),
    }
}

/// What is sent again, in words and as a change.
fn resend_in_words(
    id: WebhookEndpointId,
    event: Option<EventId>,
    since: Option<&str>,
    accepted_too: bool,
) -> Result<(String, WebhookAct), CliError> {
    match (event, since) {
        (Some(event), _) => {
            Ok((format!("send {event} to endpoint {id} again"), WebhookAct::Resend { id, event }))
        }
        (None, since) => {
            let since = since.unwrap_or_default();
            let wrong = || CliError::Usage(format!("{since:?} is no time; times are {TIME_FORMS}"));
            let since = point(since, now()).ok_or_else(wrong)?;
            let which = if accepted_too { "all events" } else { "the events that were not accepted" };
            let what = format!("send {which} since {} to endpoint {id} again", stamp(since));
            Ok((what, WebhookAct::ResendSince { id, since, accepted_too }))
        }
    }
}

fn show_secret(new: &NewWebhookEndpoint, out: &mut Output) -> io::Result<()> {
    out.line(&format!("{}  {}", new.endpoint.id, new.endpoint.url))?;
    out.line("its signing secret, which is shown only now:")?;
    out.line(&new.secret)?;
    match new.endpoint.old_secret_expires_at {
        Some(end) => out.line(&format!("the old secret signs as well until {}", stamp(end))),
        None => Ok(()),
    }
}

fn show_webhook(endpoint: &WebhookEndpoint, out: &mut Output) -> Result<(), CliError> {
    if out.is_json() {
        return Ok(out.json(endpoint)?);
    }
    out.line(&format!("{}  {}", endpoint.id, endpoint.url))?;
    out.pair("state", &webhook_label(endpoint).0)?;
    for (label, text) in [
        ("reason", endpoint.state_reason.clone()),
        ("failing since", endpoint.failing_since.map(stamp)),
        ("events", Some(webhook_events(endpoint))),
        ("connector", endpoint.connector_id.map(|id| id.to_string())),
        ("old secret", endpoint.old_secret_expires_at.map(|end| format!("signs until {}", stamp(end)))),
        ("created", Some(stamp(endpoint.created_at))),
    ] {
        if let Some(text) = text {
            out.pair(label, &text)?;
        }
    }
    Ok(())
}

fn webhook_events(endpoint: &WebhookEndpoint) -> String {
    if endpoint.events.is_empty() { "all".to_owned() } else { endpoint.events.join(" ") }
}

fn webhook_row(endpoint: &WebhookEndpoint) -> [String; 5] {
    [
        endpoint.id.to_string(),
        endpoint.url.clone(),
        webhook_label(endpoint).0,
        endpoint.failing_since.map(stamp).unwrap_or_default(),
        webhook_events(endpoint),
    ]
}

fn delivery_row(delivery: &WebhookDelivery) -> [String; 7] {
    let outcome = match (delivery.status, &delivery.error) {
        (Some(status), _) => status.to_string(),
        (None, error) => error.clone().unwrap_or_default(),
    };
    let took = delivery.duration_ms.map(|ms| format!("{outcome} in {ms} ms"));
    [
        delivery.event_id.to_string(),
        delivery.kind.clone(),
        stamp(delivery.occurred_at),
        delivery_label(delivery).0,
        delivery.attempts.to_string(),
        took.unwrap_or(outcome),
        delivery.answer.clone().unwrap_or_default(),
    ]
}
