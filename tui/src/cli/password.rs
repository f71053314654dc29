//! `bowline password`: changes the operator's own password over the admin API.

use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Act, Answer, Proof};
use crate::config::delete;

use super::act::CommandChange;
use super::output::Output;
use super::proof::Typed;
use super::secret::{ask_secret, secrets_from_stdin};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Changes the password, and deletes the local session, which the server has ended.
pub(super) async fn change(
    target: CommandTarget,
    from_stdin: bool,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let change = CommandChange::begin(&target, &client, "change your own password")?;
    let (current, new) = if from_stdin { from_standard_input()? } else { ask_passwords().await? };
    let answer = change.make_with(current, Act::ChangePassword { current: Proof::empty(), new }).await?;
    delete(&target.dirs, &target.keyring, &target.context)?;
    if let Answer::ChangedOperator(operator) = answer {
        let text = format!("{} has a new password; all sessions have ended, log in again", operator.name);
        out.json_or(&operator, &text)?;
    }
    Ok(Outcome::Success.into())
}

async fn ask_passwords() -> Result<(Typed, SecretString), CliError> {
    if !stdin().is_terminal() {
        return Err(CliError::Usage("there is no terminal for a prompt: use --passwords-stdin".to_owned()));
    }
    let current = ask_secret("current password: ").await?;
    let new = ask_secret("new password: ").await?;
    if ask_secret("new password again: ").await?.expose_secret() != new.expose_secret() {
        return Err(CliError::Usage("the two new passwords differ".to_owned()));
    }
    Ok((Typed::of(current, None, false), new))
}

fn from_standard_input() -> Result<(Typed, SecretString), CliError> {
    let mut lines = secrets_from_stdin("the current password and the new one", 2)?.into_iter();
    let (current, new) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    Ok((Typed::of(current, lines.next(), true), new))
}
