//! `bowline totp`: one-time codes for the operator's own logins.

use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Act, Answer, Failure, Proof};

use super::act::CommandChange;
use super::output::Output;
use super::secret::{ask_secret, password_from_stdin};
use super::shown_once::{lost, must_be_seen};
use super::target::CommandTarget;
use super::{CliError, Outcome, qr};

/// Commands for one-time codes.
#[derive(Debug, Subcommand)]
pub enum TotpCommand {
    /// Set up an authenticator app: shows a QR code, then asks for a code of the app
    Enrol,
    /// Confirm the secret that `enrol` has shown, with a code of the app from standard input or a prompt
    Confirm,
    /// Get new recovery codes; the old ones are void
    RecoveryCodes,
    /// Log in without one-time codes from now on
    Remove,
}

/// Runs a command for one-time codes.
pub(super) async fn run(
    target: &CommandTarget,
    command: &TotpCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    if !matches!(command, TotpCommand::Remove) {
        must_be_seen()?;
    }
    match command {
        TotpCommand::Enrol => {
            let change = CommandChange::begin(target, &client, "set up one-time codes for your own logins")?;
            let Answer::TotpSecret(secret) = change.make(Act::BeginTotp { proof: Proof::empty() }).await?
            else {
                return Err(not_fitting());
            };
            let is_lost = lost("nothing is in use yet; begin again with bowline totp enrol");
            if out.is_json() {
                out.json(&secret).map_err(is_lost)?;
                return Ok(Outcome::Success.into());
            }
            let picture = qr::draw(&secret.uri)?;
            out.picture(&picture)
                .and_then(|()| {
                    out.line("Scan this with your authenticator app, or copy it there. It is shown only now:")
                })
                .and_then(|()| out.line(&secret.uri))
                .map_err(is_lost)?;
            if !stdin().is_terminal() {
                out.line("to go on, within 10 minutes: bowline totp confirm")?;
                return Ok(Outcome::Success.into());
            }
            confirm_totp_code(&change, out).await
        }
        TotpCommand::Confirm => {
            let change = CommandChange::begin(target, &client, "confirm one-time codes for your own logins")?;
            confirm_totp_code(&change, out).await
        }
        TotpCommand::RecoveryCodes => {
            let change = CommandChange::begin(target, &client, "replace your own recovery codes")?;
            show_recovery_codes(change.make(Act::RenewRecoveryCodes { proof: Proof::empty() }).await?, out)
        }
        TotpCommand::Remove => {
            let change = CommandChange::begin(target, &client, "remove your own one-time codes")?;
            change.make(Act::RemoveTotp { proof: Proof::empty() }).await?;
            out.json_or(&serde_json::json!({ "removed": true }), "you log in without one-time codes now")?;
            Ok(Outcome::Success.into())
        }
    }
}

fn not_fitting() -> CliError {
    Failure::Malformed("it is about no one-time codes".to_owned()).into()
}

/// Puts the secret in use, and prints the recovery codes.
async fn confirm_totp_code(change: &CommandChange<'_>, out: &mut Output) -> Result<ExitCode, CliError> {
    let answer = change.make(Act::ConfirmTotp { code: totp_code().await? }).await?;
    if !out.is_json() {
        // The codes are written, or not, whatever becomes of this line.
        let _ = out.line("From now on, logins need a code of the app. Your other sessions have ended.");
    }
    show_recovery_codes(answer, out)
}

/// A code of the app, from the terminal or from standard input.
async fn totp_code() -> Result<SecretString, CliError> {
    if !stdin().is_terminal() {
        return password_from_stdin();
    }
    loop {
        let code = ask_secret("code of the app: ").await?;
        if !code.expose_secret().trim().is_empty() {
            return Ok(code);
        }
    }
}

fn show_recovery_codes(answer: Answer, out: &mut Output) -> Result<ExitCode, CliError> {
    let Answer::RecoveryCodes(codes) = answer else { return Err(not_fitting()) };
    let is_lost = lost("get new recovery codes with bowline totp recovery-codes");
    if out.is_json() {
        out.json(&codes).map_err(is_lost)?;
        return Ok(Outcome::Success.into());
    }
    let title = "Recovery codes, each good for one login without the app. Keep them apart from it. They are shown only now:";
    let codes = codes.recovery_codes.iter().map(|code| format!("  {code}"));
    std::iter::once(title.to_owned()).chain(codes).try_for_each(|line| out.line(&line)).map_err(is_lost)?;
    Ok(Outcome::Success.into())
}
