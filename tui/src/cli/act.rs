//! Makes a change through the same gate as the terminal client, and prints what the server says is now.

use std::process::ExitCode;

use bowline_api::admin::Connector;

use crate::client::{Act, Answer, Client, Request};

use super::drain_stop::in_words;
use super::output::Output;
use super::{CliError, Outcome};

/// Makes a change and prints its outcome.
pub(super) async fn perform(client: &Client, act: Act, out: &mut Output) -> Result<ExitCode, CliError> {
    match client.perform(Request::Act(act)).await? {
        Answer::Account(detail) => {
            let account = &detail.summary.account;
            out.json_or(&*detail, &format!("{} is {}", account.id, account.status))?;
        }
        Answer::Connector(connector) => {
            let now = connector_status(&connector);
            out.json_or(&*connector, &format!("{} is {now} now", connector.id))?;
        }
        Answer::ApiKey(key) => {
            let state =
                if key.revoked_at.is_some() { "revoked: no server accepts it any more" } else { "not suspended" };
            out.json_or(&key, &format!("{} is {state}", key.id))?;
        }
        Answer::Tenant(tenant) => {
            let state = if tenant.frozen.is_some() { "frozen" } else { "not frozen" };
            out.json_or(&*tenant, &format!("{} is {state}", tenant.slug))?;
        }
        Answer::DrainStop(stop) => out.json_or(&stop, &in_words(&stop))?,
        Answer::ChangedOperator(operator) => {
            let state = if operator.disabled_at.is_some() { "disabled" } else { "enabled" };
            out.json_or(&operator, &format!("{} is {state}", operator.name))?;
        }
        Answer::SessionsEnded(count) => {
            let text =
                if count == 1 { "1 session ended".to_owned() } else { format!("{count} sessions ended") };
            out.json_or(&serde_json::json!({ "ended_sessions": count }), &text)?;
        }
        _ => out.json_or(&serde_json::json!({ "done": true }), "done")?,
    }
    Ok(Outcome::Success.into())
}

/// The status, with its reason if there is one.
pub(super) fn connector_status(connector: &Connector) -> String {
    match &connector.status_reason {
        Some(reason) => format!("{} ({reason})", connector.status),
        None => connector.status.to_string(),
    }
}
