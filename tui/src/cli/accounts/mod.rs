//! `bowline accounts list`, `show`, `holders`, `suspend`, `resume` and `revoke`.

mod change;
mod holders;

use std::process::ExitCode;

use bowline_api::admin::{AccountDetail, AccountSummary};
use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, AnyOf, ConnectorId};
use clap::Subcommand;

use crate::client::{AccountSearch, Client, PageQuery, TenantRef, sort_named};
use crate::export::{ACCOUNT_TITLES, account_cells};
use crate::registry::place::Place;
use crate::screen::account::{Fact, facts, holder_count};
use crate::screen::accounts::filter_of;
use crate::screen::label::marked;
use crate::terminal::now;
use crate::when::stamp;

use super::ages::AgeArgs;
use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;
use super::{CliError, Outcome, audit};

use change::{AccountChange, change_account};

/// The number of timeline events that `show` prints.
const EVENTS_SHOWN: u32 = 20;

/// Commands for accounts.
#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    /// List the accounts of all tenants or of one
    List {
        /// What belongs to --search.
        #[arg(hide = true, value_name = "TEXT")]
        words: Vec<String>,
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Only in this state, or in any of several with commas between: active, `needs_reauth`, suspended, revoking or revoked
        #[arg(long)]
        status: Option<AnyOf<AccountStatus>>,
        /// Only linked through this connector
        #[arg(long)]
        connector: Option<ConnectorId>,
        /// Only accounts that were granted this scope
        #[arg(long)]
        scope: Option<String>,
        /// Which ages.
        #[command(flatten)]
        ages: AgeArgs,
        /// Search e-mail, display name, external user id, provider account id and account id
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Sort order; newest if omitted
        #[arg(long, value_parser = ["newest", "oldest", "email", "used"])]
        sort: Option<String>,
        /// Begin with the query that the terminal client saved under this name; other options take precedence
        #[arg(long, value_name = "NAME")]
        saved: Option<String>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one account and its timeline; bowline accounts holders shows who has its token
    Show {
        /// `acct_…`
        id: AccountId,
    },
    /// List the API keys that have received an account's token, when and how often; never the token
    Holders {
        /// `acct_…`
        id: AccountId,
        /// An earlier token, by its generation; the current one if omitted
        #[arg(long)]
        generation: Option<i64>,
    },
    /// Freeze an account's Dropbox account within its tenant: no tokens are issued for it, even after it is linked
    /// again
    Suspend {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log and the tenant: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Lift the freeze of an account's Dropbox account, even if the account is revoked
    Resume {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Revoke an account permanently, here and at Dropbox; its user must link again
    Revoke {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
}

/// Runs a command for accounts.
pub(super) async fn run(
    target: &CommandTarget,
    command: &AccountsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        AccountsCommand::List { words, .. } if !words.is_empty() => {
            let text = words.join(" ");
            Err(CliError::Usage(format!(
                "to search for {text:?}, write: bowline accounts list --search {text:?}"
            )))
        }
        AccountsCommand::List {
            tenant, status, connector, scope, ages, search, sort, saved, page, ..
        } => {
            let saved = saved.as_deref().map(|name| saved_filter(target, name)).transpose()?;
            let saved = saved.unwrap_or_default();
            let filter = AccountSearch {
                tenant: tenant.clone().or(saved.tenant),
                status: status.clone().or(saved.status),
                connector: connector.or(saved.connector),
                scope: scope.clone().or(saved.scope),
                text: search.clone().unwrap_or(saved.text),
                ages: ages.ages_or(saved.ages),
                sort: sort.as_deref().and_then(sort_named).unwrap_or(saved.sort),
            };
            let fetch = async |place| client.accounts(&filter, place).await;
            let titles = ["ACCOUNT", "E-MAIL", "NAME", "TENANT", "USER", "STATUS", "USED"];
            // Other programs get more than fits a terminal.
            match out.list_format() {
                Some(_) => list(page, fetch, ACCOUNT_TITLES, account_cells, out).await,
                None => list(page, fetch, titles, account_row, out).await,
            }
        }
        AccountsCommand::Show { id } => show_account(&client, *id, out).await,
        AccountsCommand::Holders { id, generation } => holders::holders(&client, *id, *generation, out).await,
        AccountsCommand::Suspend { id, reason, yes } => {
            change_account((target, &client), AccountChange::Suspend, *id, reason.as_deref(), *yes, out).await
        }
        AccountsCommand::Resume { id, reason, yes } => {
            change_account((target, &client), AccountChange::Resume, *id, reason.as_deref(), *yes, out).await
        }
        AccountsCommand::Revoke { id, reason, yes } => {
            change_account((target, &client), AccountChange::Revoke, *id, reason.as_deref(), *yes, out).await
        }
    }
}

/// The filter of the query that was saved under this name.
fn saved_filter(target: &CommandTarget, name: &str) -> Result<AccountSearch, CliError> {
    let saved = target.config.screens.get(Place::Accounts.screen_name());
    let Some(query) = saved.and_then(|saved| saved.queries.get(name)) else {
        let names = saved.iter().flat_map(|saved| saved.queries.keys()).map(String::as_str);
        let names = names.collect::<Vec<_>>().join(", ");
        let known = if names.is_empty() { "none is saved".to_owned() } else { format!("saved: {names}") };
        return Err(CliError::Usage(format!("no query is saved as {name:?}; {known}")));
    };
    filter_of(query).map_err(|problem| CliError::Usage(format!("the saved query {name:?}: {}", problem.text)))
}

fn account_row(row: &AccountSummary) -> [String; 7] {
    let account = &row.account;
    [
        account.id.to_string(),
        account.email.clone(),
        account.display_name.clone(),
        marked(&row.tenant, account.sandbox),
        account.external_user_id.clone(),
        account.status.to_string(),
        account.last_used_at.map_or_else(|| "never".to_owned(), stamp),
    ]
}

async fn show_account(client: &Client, id: AccountId, out: &mut Output) -> Result<ExitCode, CliError> {
    let detail = client.account(id).await?;
    if out.is_json() {
        out.json(&detail)?;
        return Ok(Outcome::Success.into());
    }
    let timeline = client.timeline(id, PageQuery { cursor: None, limit: EVENTS_SHOWN }).await?;
    print_facts(&detail, out)?;
    out.line("Timeline")?;
    for [at, action, who, _, detail] in timeline.items.iter().map(audit::row) {
        out.line(&format!("  {at}  {action}  {who}  {detail}"))?;
    }
    Ok(Outcome::Success.into())
}

fn print_facts(detail: &AccountDetail, out: &mut Output) -> Result<(), CliError> {
    for fact in facts(detail, now()).into_iter().chain(detail.token.as_ref().map(holder_count)) {
        match fact {
            Fact::Section(title) => out.line(title)?,
            Fact::Pair(label, value, _) => out.pair(label, &value)?,
        }
    }
    Ok(())
}
