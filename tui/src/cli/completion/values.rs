//! The values that an argument may have: from this program, from `config.toml`, or from the server, which is asked
//! briefly and without a prompt.

use std::fmt::Display;
use std::time::Duration;

use bowline_api::status::{AccountStatus, JobItemState, WebhookDeliveryState};
use bowline_api::v1::TenantEvent;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use clap_complete::CompletionCandidate;

use crate::cli::Arguments;
use crate::cli::arguments::screens;
use crate::cli::global_options::GlobalOptions;
use crate::cli::target::CommandTarget;
use crate::client::{AccountSearch, Client, Failure, PageQuery, TenantRef};
use crate::text::sanitize;
use crate::theme::THEMES;

/// How long a shell waits for the server at most.
const COMPLETION_PATIENCE: Duration = Duration::from_millis(1500);
/// The rows that are asked for.
const COMPLETED_ROWS: u32 = 100;
/// The list of actions is the document's, so that there is no second one.
const AUDIT_EVENTS_DOCUMENT: &str = include_str!("../../../../docs/audit-events.md");

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgumentValues {
    /// Contexts of `config.toml`.
    Contexts,
    /// Colour themes.
    Themes,
    /// Screens, and the newest accounts.
    Places,
    /// States of accounts.
    Statuses,
    /// States of a job's accounts.
    ItemStates,
    /// States of what is delivered to an endpoint for webhooks.
    DeliveryStates,
    /// Types of events that tenants are told of.
    Types,
    /// Actions of the audit log.
    Actions,
    /// Short names of tenants.
    Tenants,
    /// Ids of the newest accounts.
    Accounts,
    /// Ids of connectors of the tenant that is named before.
    Connectors,
    /// Ids of API keys of the tenant that is named before.
    ApiKeys,
    /// Ids of endpoints for webhooks of the tenant that is named before.
    Webhooks,
    /// Ids of jobs.
    Jobs,
    /// Names of operators.
    Operators,
}

/// A value, and what it is in words.
type ArgumentValue = (String, String);

impl ArgumentValues {
    /// What an argument of a command for `noun` takes; `None` if nothing is known about it.
    pub(super) fn of(noun: &str, argument: &str) -> Option<Self> {
        Some(match (noun, argument) {
            (_, "context") | ("contexts", "name") => Self::Contexts,
            (_, "theme") => Self::Themes,
            ("open", "place") => Self::Places,
            (_, "status") => Self::Statuses,
            ("jobs", "state") => Self::ItemStates,
            ("webhooks", "state") => Self::DeliveryStates,
            ("webhooks" | "listen", "events") => Self::Types,
            ("webhooks", "id") => Self::Webhooks,
            ("audit" | "events", "action") => Self::Actions,
            (_, "tenant" | "tenants") => Self::Tenants,
            (_, "connector" | "new_default") | ("connectors", "id") => Self::Connectors,
            ("accounts", "id") => Self::Accounts,
            ("api-keys" | "drain-stop", "id") => Self::ApiKeys,
            ("jobs", "id") => Self::Jobs,
            ("sessions", "operator") | ("operators", "name" | "operator") => Self::Operators,
            _ => return None,
        })
    }

    /// The values, of which the shell offers those that begin with what is typed.
    pub(super) fn candidates(self) -> Vec<CompletionCandidate> {
        let line = TypedLine::read();
        let values = match self {
            Self::Contexts => line.context_names(),
            Self::Themes => values_in_words(THEMES.iter().map(|(name, _)| *name)),
            Self::Places => values_in_words(screens().map(|(name, _)| name))
                .into_iter()
                .chain(line.ask_server(Self::Accounts))
                .collect(),
            Self::Statuses => values_in_words(AccountStatus::ALL),
            Self::ItemStates => values_in_words(JobItemState::ALL),
            Self::DeliveryStates => values_in_words(WebhookDeliveryState::ALL),
            Self::Types => {
                TenantEvent::ALL.iter().map(|kind| (kind.to_string(), kind.meaning().to_owned())).collect()
            }
            Self::Actions => values_in_words(audit_actions()),
            _ => line.ask_server(self),
        };
        values
            .into_iter()
            .filter(|(value, _)| is_plain(value))
            .map(|(value, help)| {
                let help = Some(sanitize(&help)).filter(|help| !help.is_empty());
                CompletionCandidate::new(value).help(help.map(Into::into))
            })
            .collect()
    }
}

fn values_in_words<T: Display>(all: impl IntoIterator<Item = T>) -> Vec<ArgumentValue> {
    all.into_iter().map(|word| (word.to_string(), String::new())).collect()
}

/// Whether a value means nothing else to a shell. Values come from a server, and a shell puts them into the line.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@+".contains(&b))
}

/// The actions of the audit log: the first cells of the document's table.
fn audit_actions() -> impl Iterator<Item = &'static str> {
    AUDIT_EVENTS_DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(action, _)| action))
}

/// What is typed of the line so far.
struct TypedLine {
    options: Option<GlobalOptions>,
    tenant: Option<TenantRef>,
}

impl TypedLine {
    fn read() -> Self {
        // The shell passes the line after this.
        let typed = std::env::args_os().skip_while(|word| word != "--").skip(1);
        let matches = Arguments::command().ignore_errors(true).try_get_matches_from(typed).ok();
        Self {
            options: matches.as_ref().and_then(|matches| GlobalOptions::from_arg_matches(matches).ok()),
            tenant: matches.as_ref().and_then(tenant_on_line),
        }
    }

    fn context_names(&self) -> Vec<ArgumentValue> {
        let read = self.options.as_ref().and_then(|options| CommandTarget::read_config(options).ok());
        let contexts = read.map(|(_, config)| config.contexts).unwrap_or_default();
        contexts.into_iter().map(|(name, context)| (name, context.server)).collect()
    }

    /// Asks the server, with the saved session; none if there is no session or no quick answer.
    fn ask_server(&self, values: ArgumentValues) -> Vec<ArgumentValue> {
        let Some(client) = self
            .options
            .as_ref()
            .and_then(|options| CommandTarget::find_briefly(options).ok()?.client().ok())
        else {
            return Vec::new();
        };
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return Vec::new();
        };
        let asked = async {
            tokio::time::timeout(COMPLETION_PATIENCE, fetch_values(&client, values, self.tenant.as_ref()))
                .await
        };
        let answer = runtime.block_on(asked);
        // A lookup of the server's name may still block a thread; the shell does not wait for it.
        runtime.shutdown_background();
        answer.ok().and_then(Result::ok).unwrap_or_default()
    }
}

/// The tenant that the innermost command of the line names.
fn tenant_on_line(matches: &ArgMatches) -> Option<TenantRef> {
    let below = matches.subcommand().and_then(|(_, below)| tenant_on_line(below));
    below.or_else(|| matches.try_get_one::<TenantRef>("tenant").ok().flatten().cloned())
}

async fn fetch_values(
    client: &Client,
    values: ArgumentValues,
    tenant: Option<&TenantRef>,
) -> Result<Vec<ArgumentValue>, Failure> {
    let first = PageQuery { cursor: None, limit: COMPLETED_ROWS };
    Ok(match (values, tenant) {
        (ArgumentValues::Tenants, _) => {
            client.tenants(first).await?.items.into_iter().map(|row| (row.slug, row.name)).collect()
        }
        (ArgumentValues::Accounts, tenant) => {
            let filter = AccountSearch { tenant: tenant.cloned(), ..AccountSearch::default() };
            let rows = client.accounts(&filter, first).await?.items.into_iter();
            rows.map(|row| (row.account.id.to_string(), row.account.email)).collect()
        }
        (ArgumentValues::Connectors, Some(tenant)) => {
            let rows = client.connectors(tenant).await?.items.into_iter();
            rows.map(|row| (row.id.to_string(), row.name)).collect()
        }
        (ArgumentValues::ApiKeys, Some(tenant)) => {
            let rows = client.api_keys(tenant).await?.items.into_iter();
            rows.map(|row| (row.id.to_string(), row.name)).collect()
        }
        (ArgumentValues::Webhooks, Some(tenant)) => {
            let rows = client.webhooks(tenant).await?.items.into_iter();
            rows.map(|row| (row.id.to_string(), row.url)).collect()
        }
        (ArgumentValues::Jobs, tenant) => {
            let rows = client.jobs(tenant, first).await?.items.into_iter();
            rows.map(|row| (row.id.to_string(), format!("{} · {}", row.state, row.reason))).collect()
        }
        (ArgumentValues::Operators, _) => {
            let rows = client.operators(first).await?.items.into_iter();
            rows.map(|row| (row.name, row.role.to_string())).collect()
        }
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actions_are_those_of_the_document() {
        let all: Vec<_> = audit_actions().collect();
        assert!(all.len() > 40 && all.contains(&"account.revoked"), "{all:?}");
        assert!(all.iter().all(|action| is_plain(action)), "{all:?}");
    }

    #[test]
    fn what_means_something_to_a_shell_is_not_offered() {
        for value in ["$(reboot)", "a b", "a;b", "`x`", "a'b", "a\nb", "*", "", "~", "a=b"] {
            assert!(!is_plain(value), "{value:?}");
        }
        assert!(is_plain("acct_01kb") && is_plain("acme-photos") && is_plain("ops@eu.example"));
    }
}
