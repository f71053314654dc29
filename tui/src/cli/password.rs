//! `bowline password`: changes the operator's own password over the admin API.

use std::io::{IsTerminal as _, Read as _, stdin};
use std::process::ExitCode;

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Act, Answer, Proof, Request};
use crate::config::delete;

use super::output::Output;
use super::proof::Typed;
use super::secret::{MAX_PASSWORD_BYTES, ask_secret};
use super::target::Target;
use super::{CliError, Outcome};

/// Changes the password, and deletes the local session, which the server has ended.
pub(super) async fn change(target: Target, from_stdin: bool, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let (current, new) = if from_stdin { from_standard_input()? } else { ask().await? };
    let change = async |current: Proof| {
        client.perform(Request::Act(Act::ChangePassword { current, new: new.clone() })).await
    };
    let answer = current.prove(change).await?;
    delete(&target.dirs, &target.keyring, &target.context)?;
    if let Answer::ChangedOperator(operator) = answer {
        let text = format!("{} has a new password; all sessions have ended, log in again", operator.name);
        out.json_or(&operator, &text)?;
    }
    Ok(Outcome::Success.into())
}

async fn ask() -> Result<(Typed, SecretString), CliError> {
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
    let mut text = String::new();
    stdin().take(2 * (MAX_PASSWORD_BYTES + 2) + 66).read_to_string(&mut text)?;
    let mut lines = text.lines().filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (Some(current), Some(new)) => {
            let code = lines.next().map(SecretString::from);
            Ok((Typed::of(SecretString::from(current), code, true), SecretString::from(new)))
        }
        _ => Err(CliError::Usage(
            "standard input must hold the current password and the new one, each on its own line, and then a one-time code if you log in with one".to_owned(),
        )),
    }
}
