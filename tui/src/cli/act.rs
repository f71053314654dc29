//! Makes a change through the same gate as the terminal client: says beforehand on which server and on what, and prints
//! what the server says is now.

use std::process::ExitCode;

use bowline_api::admin::Connector;

use crate::client::{Act, Answer, Client, Request};

use super::output::Output;
use super::proof::Typed;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// A change of a command. Standard error has said on which server it acts, and on what.
pub(super) struct CommandChange<'a> {
    client: &'a Client,
}

impl<'a> CommandChange<'a> {
    /// Says on standard error what is going to be changed, such as `disable operator ada`, and where.
    ///
    /// # Errors
    /// If this client may not change anything.
    pub(super) fn begin(target: &CommandTarget, client: &'a Client, what: &str) -> Result<Self, CliError> {
        client.may_change()?;
        Output::remark(&format!("{}: {what}", target.place()?));
        Ok(Self { client })
    }

    /// Makes the change, with a proof that is asked for if the change needs one.
    pub(super) async fn make(&self, mut act: Act) -> Result<Answer, CliError> {
        if act.proof_mut().is_some() {
            return Typed::own(self.client).await?.perform(self.client, act).await;
        }
        Ok(self.client.perform(Request::Act(act)).await?)
    }

    /// Makes the change with this proof.
    pub(super) async fn make_with(&self, typed: Typed, act: Act) -> Result<Answer, CliError> {
        typed.perform(self.client, act).await
    }

    /// Makes the change and prints its outcome.
    pub(super) async fn print(&self, act: Act, out: &mut Output) -> Result<ExitCode, CliError> {
        show(&self.make(act).await?, out)
    }
}

/// Prints the outcome of a change.
pub(super) fn show(answer: &Answer, out: &mut Output) -> Result<ExitCode, CliError> {
    match answer {
        Answer::Account(detail) => {
            let account = &detail.summary.account;
            out.json_or(detail, &format!("{} is {}", account.id, account.status))?;
        }
        Answer::Connector(connector) => {
            let now = connector_status(connector);
            out.json_or(connector, &format!("{} is {now} now", connector.id))?;
        }
        Answer::ReplacedSecret(replaced) => {
            out.json_or(replaced, &format!("{} is {}", replaced.connector.id, replaced.outcome()))?;
        }
        Answer::ApiKey(key) => {
            out.json_or(key, &format!("{} is revoked: no server accepts it any more", key.id))?;
        }
        Answer::Tenant(tenant) => {
            let state = if tenant.frozen.is_some() { "frozen" } else { "not frozen" };
            out.json_or(tenant, &format!("{} is {state}", tenant.slug))?;
        }
        Answer::AddedOperator(operator) => {
            out.json_or(
                operator,
                &format!("{} ({}) {} is added", operator.name, operator.role, operator.id),
            )?;
        }
        Answer::ChangedOperator(operator) => {
            let state = if operator.disabled_at.is_some() { "disabled" } else { "enabled" };
            out.json_or(operator, &format!("{} ({}) is {state}", operator.name, operator.role))?;
        }
        Answer::Webhook(endpoint) => {
            out.json_or(endpoint, &format!("{} is {}", endpoint.id, endpoint.state))?;
        }
        Answer::WebhookTest(test) => out.json_or(test, &format!("{} is on its way", test.event_id))?,
        Answer::Resent(resent) => {
            let text = match resent.events {
                1 => "1 event is on its way".to_owned(),
                events => format!("{events} events are on their way"),
            };
            out.json_or(resent, &text)?;
        }
        Answer::SessionsEnded(count) => {
            let text =
                if *count == 1 { "1 session ended".to_owned() } else { format!("{count} sessions ended") };
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
