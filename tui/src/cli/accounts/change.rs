//! Changes one account, with a reason and a confirmation.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use bowline_api::AccountId;

use crate::cli::CliError;
use crate::cli::act::perform;
use crate::cli::output::Output;
use crate::client::{Act, Client};
use crate::dialog::confirmation::{confirmation, is_reason, reason_length};
use crate::text::sanitize;

/// A change of an account, which needs a reason.
#[derive(Debug, Clone, Copy)]
pub(super) enum AccountChange {
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

    fn act(self, id: AccountId, reason: String) -> Act {
        match self {
            Self::Suspend => Act::SuspendAccount { id, reason },
            Self::Resume => Act::ResumeAccount { id, reason },
            Self::Revoke => Act::Revoke { id, reason },
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

/// Changes an account, after a confirmation on the terminal unless the reason and `yes` are given.
pub(super) async fn change_account(
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
    if !is_reason(&reason) {
        return Err(CliError::Usage(format!("a reason has {}", reason_length())));
    }
    perform(client, change.act(id, reason.trim().to_owned()), out).await
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
