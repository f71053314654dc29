//! Changes one account, with a reason and a confirmation.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use bowline_api::AccountId;
use secrecy::ExposeSecret as _;

use crate::cli::CliError;
use crate::cli::act::CommandChange;
use crate::cli::output::Output;
use crate::cli::target::CommandTarget;
use crate::client::{Act, Client};
use crate::dialog::confirmation::{confirmation, is_reason, reason_length};
use crate::terminal::{Asking, PromptAnswer, ask};
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
    (target, client): (&CommandTarget, &Client),
    change: AccountChange,
    id: AccountId,
    reason: Option<&str>,
    yes: bool,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let making = CommandChange::begin(target, client, &format!("{} account {id}", change.verb()))?;
    let reason = match (reason, yes) {
        (Some(reason), true) => reason.to_owned(),
        _ => confirmed_change(client, change, id, reason).await?,
    };
    if !is_reason(&reason) {
        return Err(CliError::Usage(format!("a reason has {}", reason_length())));
    }
    making.print(change.act(id, reason.trim().to_owned()), out).await
}

/// Shows the affected account, and asks for the reason and the end of the id on the terminal.
async fn confirmed_change(
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
    tell_on_stderr(&format!(
        "{} · tenant {} · user {} · {}",
        account.email, row.tenant, account.external_user_id, account.status
    ))?;
    tell_on_stderr(change.warning())?;
    let reason = match reason {
        Some(reason) => reason.to_owned(),
        None => ask_on_terminal("reason: ", Asking::Text).await?,
    };
    if !is_reason(&reason) {
        return Err(CliError::Usage(format!("a reason has {}", reason_length())));
    }
    let expected = confirmation(id);
    let question = format!("type {expected} to {}: ", change.verb());
    if ask_on_terminal(&question, Asking::Confirmation).await?.trim() == expected {
        Ok(reason)
    } else {
        Err(CliError::NotConfirmed("that is not the end of the id".to_owned()))
    }
}

/// Writes to standard error, so that standard output stays clean for `--json`.
fn tell_on_stderr(text: &str) -> Result<(), CliError> {
    Ok(stderr().write_all(format!("{}\n", sanitize(text)).as_bytes())?)
}

async fn ask_on_terminal(question: &str, asking: Asking) -> Result<String, CliError> {
    match ask(question, asking).await? {
        PromptAnswer::Line(line) => Ok(line.expose_secret().to_owned()),
        PromptAnswer::Ended(code) => Err(CliError::Ended(code)),
    }
}
