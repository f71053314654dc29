//! `bowline accounts list`, `show`, `suspend`, `resume` and `revoke`.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountSummary};

use crate::app::revoke::{REASON_CHARS, confirmation};
use crate::client::{AccountFilter, Client, Place, sort_named};
use crate::screen::{Fact, facts, when};
use crate::terminal::now;
use crate::text::inert;

use super::args::Accounts;
use super::output::Output;
use super::target::Target;
use super::tenants::{gather, print};
use super::{Ended, Fault, audit};

/// Events of the timeline that `show` prints.
const EVENTS_SHOWN: u32 = 20;

/// Does what is said about accounts.
pub(super) async fn run(target: &Target, command: &Accounts, out: &mut Output) -> Result<ExitCode, Fault> {
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
            act(&client, Act::Suspend, *id, reason.as_deref(), *yes, out).await
        }
        Accounts::Resume { id, reason, yes } => {
            act(&client, Act::Resume, *id, reason.as_deref(), *yes, out).await
        }
        Accounts::Revoke { id, reason, yes } => {
            act(&client, Act::Revoke, *id, reason.as_deref(), *yes, out).await
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
        account.last_used_at.map_or_else(|| "never".to_owned(), when::stamp),
    ]
}

async fn show(client: &Client, id: AccountId, out: &mut Output) -> Result<ExitCode, Fault> {
    let detail = client.account(id).await?;
    if out.is_json() {
        out.json(&detail)?;
        return Ok(Ended::Done.into());
    }
    let timeline = client.timeline(id, Place { cursor: None, limit: EVENTS_SHOWN }).await?;
    print_facts(&detail, out)?;
    out.line("Timeline")?;
    for [at, action, who, _, detail] in timeline.items.iter().map(audit::row) {
        out.line(&format!("  {at}  {action}  {who}  {detail}"))?;
    }
    Ok(Ended::Done.into())
}

fn print_facts(detail: &AccountDetail, out: &mut Output) -> Result<(), Fault> {
    for fact in facts(detail, now()) {
        match fact {
            Fact::Section(title) => out.line(title)?,
            Fact::Pair(label, value, _) => out.pair(label, &value)?,
        }
    }
    Ok(())
}

/// What is done to an account, with a reason.
#[derive(Debug, Clone, Copy)]
enum Act {
    Suspend,
    Resume,
    Revoke,
}

impl Act {
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
                "No account of this Dropbox account gets a token in this tenant until an operator resumes it."
            }
            Self::Resume => "Every account of this Dropbox account gets tokens in this tenant again.",
            Self::Revoke => "This cannot be undone: the user must link again.",
        }
    }
}

async fn act(
    client: &Client,
    act: Act,
    id: AccountId,
    reason: Option<&str>,
    yes: bool,
    out: &mut Output,
) -> Result<ExitCode, Fault> {
    client.may_change()?;
    let reason = match (reason, yes) {
        (Some(reason), true) => reason.to_owned(),
        _ => confirmed(client, act, id, reason).await?,
    };
    if !REASON_CHARS.contains(&reason.trim().chars().count()) {
        let text = format!("a reason has {} to {} characters", REASON_CHARS.start(), REASON_CHARS.end());
        return Err(Fault::Usage(text));
    }
    let detail = match act {
        Act::Suspend => client.suspend(id, reason.trim()).await?,
        Act::Resume => client.resume(id, reason.trim()).await?,
        Act::Revoke => client.revoke(id, reason.trim()).await?,
    };
    if out.is_json() {
        out.json(&detail)?;
    } else {
        out.line(&format!("{id} is {}", detail.summary.account.status))?;
    }
    Ok(Ended::Done.into())
}

/// Shows whom it hits, and has the reason and the end of the id typed on a terminal.
async fn confirmed(client: &Client, act: Act, id: AccountId, reason: Option<&str>) -> Result<String, Fault> {
    if !stdin().is_terminal() {
        return Err(Fault::NotConfirmed(
            "there is no terminal to ask on; give --reason TEXT --yes".to_owned(),
        ));
    }
    let row = client.account(id).await?.summary;
    let account = &row.account;
    ask(&format!("{id}\n"))?;
    ask(&inert(&format!(
        "{} · tenant {} · user {} · {}",
        account.email, row.tenant, account.external_user_id, account.status
    )))?;
    ask(&format!("\n{}\n", act.warning()))?;
    let reason = if let Some(reason) = reason {
        reason.to_owned()
    } else {
        ask("reason: ")?;
        answer()?
    };
    let expected = confirmation(id);
    ask(&format!("type {expected} to {}: ", act.verb()))?;
    if answer()? == expected {
        Ok(reason)
    } else {
        Err(Fault::NotConfirmed("that is not the end of the id".to_owned()))
    }
}

/// Questions go to standard error, so that standard output stays clean for `--json`.
fn ask(text: &str) -> Result<(), Fault> {
    let mut err = stderr();
    err.write_all(text.as_bytes())?;
    Ok(err.flush()?)
}

fn answer() -> Result<String, Fault> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
