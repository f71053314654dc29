//! `bowline password`: one's own password, by giving the current one.

use std::io::{IsTerminal as _, Read as _, stdin};
use std::process::ExitCode;

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::forget;

use super::login::LONGEST_PASSWORD;
use super::output::Output;
use super::target::Target;
use super::{Ended, Fault};

/// Changes it, and forgets the session, which the server has ended.
pub(super) async fn change(target: Target, from_stdin: bool, out: &mut Output) -> Result<ExitCode, Fault> {
    let client = target.client()?;
    let (current, new) = if from_stdin { from_standard_input()? } else { ask()? };
    let operator = client.change_password(&current, &new).await?;
    forget(&target.dirs, &target.context)?;
    if out.is_json() {
        out.json(&operator)?;
    } else {
        out.line(&format!("{} has a new password; all sessions are ended, log in again", operator.name))?;
    }
    Ok(Ended::Done.into())
}

fn ask() -> Result<(SecretString, SecretString), Fault> {
    if !stdin().is_terminal() {
        return Err(Fault::Usage("there is no terminal to ask on: use --passwords-stdin".to_owned()));
    }
    let question = |text: &str| rpassword::prompt_password(text).map(SecretString::from);
    let (current, new) = (question("current password: ")?, question("new password: ")?);
    if question("new password again: ")?.expose_secret() != new.expose_secret() {
        return Err(Fault::Usage("the two new passwords are not the same".to_owned()));
    }
    Ok((current, new))
}

fn from_standard_input() -> Result<(SecretString, SecretString), Fault> {
    let mut text = String::new();
    stdin().take(2 * (LONGEST_PASSWORD + 2)).read_to_string(&mut text)?;
    let mut lines = text.lines().filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (Some(current), Some(new)) => Ok((SecretString::from(current), SecretString::from(new))),
        _ => Err(Fault::Usage(
            "standard input must hold the current password and the new one, a line each".to_owned(),
        )),
    }
}
