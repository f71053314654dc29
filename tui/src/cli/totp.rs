//! `bowline totp`: one-time codes for the operator's own logins.

use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use bowline_api::admin::RecoveryCodes;
use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

use super::output::Output;
use super::proof::Typed;
use super::secret::{ask_secret, password_from_stdin};
use super::target::Target;
use super::{CliError, Outcome, qr};

/// Commands for one-time codes.
#[derive(Debug, Subcommand)]
pub enum Totp {
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
pub(super) async fn run(target: &Target, command: &Totp, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    client.may_change()?;
    match command {
        Totp::Enrol => {
            let typed = Typed::ask(PASSWORD, false).await?;
            let secret = typed.prove(async |proof| client.begin_totp(proof).await).await?;
            if out.is_json() {
                out.json(&secret)?;
                return Ok(Outcome::Success.into());
            }
            out.picture(&qr::draw(&secret.uri)?)?;
            out.line("Scan this with your authenticator app, or copy it there. It is shown only now:")?;
            out.line(&secret.uri)?;
            if !stdin().is_terminal() {
                out.line("to go on, within 10 minutes: bowline totp confirm")?;
                return Ok(Outcome::Success.into());
            }
            confirmed(&client.confirm_totp(&code().await?).await?, out)
        }
        Totp::Confirm => confirmed(&client.confirm_totp(&code().await?).await?, out),
        Totp::RecoveryCodes => {
            let typed = Typed::ask(PASSWORD, false).await?;
            let codes = typed.prove(async |proof| client.renew_recovery_codes(proof).await).await?;
            show(&codes, out)
        }
        Totp::Remove => {
            let typed = Typed::ask(PASSWORD, false).await?;
            typed.prove(async |proof| client.remove_totp(proof).await).await?;
            out.json_or(&serde_json::json!({ "removed": true }), "you log in without one-time codes now")?;
            Ok(Outcome::Success.into())
        }
    }
}

/// The question for one's own password.
const PASSWORD: &str = "your password: ";

/// A code of the app, from the terminal or from standard input.
async fn code() -> Result<SecretString, CliError> {
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

fn confirmed(codes: &RecoveryCodes, out: &mut Output) -> Result<ExitCode, CliError> {
    if !out.is_json() {
        out.line("From now on, logins need a code of the app. Your other sessions have ended.")?;
    }
    show(codes, out)
}

fn show(codes: &RecoveryCodes, out: &mut Output) -> Result<ExitCode, CliError> {
    if out.is_json() {
        out.json(codes)?;
        return Ok(Outcome::Success.into());
    }
    out.line("Recovery codes, each good for one login without the app. Keep them apart from it. They are shown only now:")?;
    for code in &codes.recovery_codes {
        out.line(&format!("  {code}"))?;
    }
    Ok(Outcome::Success.into())
}
