//! `bowline accounts list`, `show`, `suspend`, `resume` and `revoke`.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountSummary};

use crate::client::{AccountFilter, Client, PageQuery, sort_named};
use crate::dialog::revoke::{REASON_CHARS, confirmation};
use crate::screen::account::{Fact, facts};
use crate::terminal::now;
use crate::text::sanitize;
use crate::when::stamp;

use super::args::Accounts;
use super::output::Output;
use super::target::Target;
use super::tenants::{gather, print};
use super::{CliError, Outcome, audit};

/// The number of timeline events that `show` prints.
const EVENTS_SHOWN: u32 = 20;

/// Runs a command for accounts.
pub(super) async fn run(target: &Target, command: &Accounts, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        Accounts::List { tenant, status, connector, scope, search, sort, page } => {
            let filter = AccountFilter {
                tenant: tenant.clone(),
                status: *status,
                connector: *connector,
                scope: scope.clone(),
                text: search.clone().unwrap_or_default(),
                sort: sort_named(sort).unwrap_or_default(),
            };
            let found = gather(page, async |place| client.accounts(&filter, place).await).await?;
            print(&found, ["ACCOUNT", "E-MAIL", "NAME", "TENANT", "USER", "STATUS", "USED"], row, out)
        }
        Accounts::Show { id } => show(&client, *id, out).await,
        Accounts::Suspend { id, reason, yes } => {
            change_account(&client, AccountChange::Suspend, *id, reason.as_deref(), *yes, out).await
        }
        Accounts::Resume { id, reason, yes } => {
            change_account(&client, AccountChange::Resume, *id, reason.as_deref(), *yes, out).await
        }
        Accounts::Revoke { id, reason, yes } => {
            change_account(&client, AccountChange::Revoke, *id, reason.as_deref(), *yes, out).await
        }
    }
}

fn row(row: &AccountSummary) -> [String; 7] {
    let account = &row.account;
    [
        account.id.to_string(),
        account.email.clone(),
        account.display_name.clone(),
        row.tenant.clone(),
        account.external_user_id.clone(),
        account.status.to_string(),
        account.last_used_at.map_or_else(|| "never".to_owned(), stamp),
    ]
}

async fn show(client: &Client, id: AccountId, out: &mut Output) -> Result<ExitCode, CliError> {
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
    for fact in facts(detail, now()) {
        match fact {
            Fact::Section(title) => out.line(title)?,
            Fact::Pair(label, value, _) => out.pair(label, &value)?,
        }
    }
    Ok(())
}

/// A change of an account, which needs a reason.
#[derive(Debug, Clone, Copy)]
enum AccountChange {
    Suspend,
    Resume,
    Revoke,
}

impl AccountChange {
    fn verb(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }

    fn warning(self) -> &'static str {
        match self {
            Self::Suspend => {
                "Until an operator resumes it, this tenant gets no tokens for any link to this Dropbox account."
            }
            Self::Resume => "This tenant gets tokens for every active link to this Dropbox account again.",
            Self::Revoke => "This cannot be undone: the user must link again.",
        }
    }
}

async fn change_account(
    client: &Client,
    change: AccountChange,
    id: AccountId,
    reason: Option<&str>,
    yes: bool,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    client.may_change()?;
    let reason = match (reason, yes) {
        (Some(reason), true) => reason.to_owned(),
        _ => confirmed(client, change, id, reason).await?,
    };
    if !REASON_CHARS.contains(&reason.trim().chars().count()) {
        let text = format!("a reason has {} to {} characters", REASON_CHARS.start(), REASON_CHARS.end());
        return Err(CliError::Usage(text));
    }
    let detail = match change {
        AccountChange::Suspend => client.suspend(id, reason.trim()).await?,
        AccountChange::Resume => client.resume(id, reason.trim()).await?,
        AccountChange::Revoke => client.revoke(id, reason.trim()).await?,
    };
    if out.is_json() {
        out.json(&detail)?;
    } else {
        out.line(&format!("{id} is {}", detail.summary.account.status))?;
    }
    Ok(Outcome::Success.into())
}

/// Shows the affected account, and asks for the reason and the end of the id on the terminal.
async fn confirmed(
    client: &Client,
    change: AccountChange,
    id: AccountId,
    reason: Option<&str>,
) -> Result<String, CliError> {
    if !stdin().is_terminal() {
        return Err(CliError::NotConfirmed(
            "there is no terminal for a confirmation; pass --reason TEXT --yes".to_owned(),
        ));
    }
    let row = client.account(id).await?.summary;
    let account = &row.account;
    ask(&format!("{id}\n"))?;
    ask(&sanitize(&format!(
        "{} · tenant {} · user {} · {}",
        account.email, row.tenant, account.external_user_id, account.status
    )))?;
    ask(&format!("\n{}\n", change.warning()))?;
    let reason = if let Some(reason) = reason {
        reason.to_owned()
    } else {
        ask("reason: ")?;
        answer()?
    };
    let expected = confirmation(id);
    ask(&format!("type {expected} to {}: ", change.verb()))?;
    if answer()? == expected {
        Ok(reason)
    } else {
        Err(CliError::NotConfirmed("that is not the end of the id".to_owned()))
    }
}

/// Prompts go to standard error, so that standard output stays clean for `--json`.
fn ask(text: &str) -> Result<(), CliError> {
    let mut err = stderr();
    err.write_all(text.as_bytes())?;
    Ok(err.flush()?)
}

fn answer() -> Result<String, CliError> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
