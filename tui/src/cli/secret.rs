//! Reads secrets from the terminal or from standard input.

use std::io::{Read as _, stdin};

use secrecy::{ExposeSecret as _, SecretString};

use crate::terminal::{Asking, PromptAnswer, ask};

use super::CliError;

/// The maximum length of a password, in bytes.
pub(super) const MAX_PASSWORD_BYTES: u64 = 1024;

/// Asks for a secret on the terminal.
pub(super) async fn ask_secret(question: &str) -> Result<SecretString, CliError> {
    match ask(&crate::text::sanitize(question), Asking::Secret).await? {
        PromptAnswer::Line(secret) => Ok(secret),
        PromptAnswer::Ended(code) => Err(CliError::Ended(code)),
    }
}

/// Asks for a text on the terminal, which is shown.
pub(super) async fn ask_text(question: &str) -> Result<String, CliError> {
    match ask(&crate::text::sanitize(question), Asking::Text).await? {
        PromptAnswer::Line(text) => Ok(text.expose_secret().trim().to_owned()),
        PromptAnswer::Ended(code) => Err(CliError::Ended(code)),
    }
}

/// The lines of standard input: as many secrets as `required`, and perhaps one more, which is a one-time code. `what` says what they
/// are.
pub(super) fn secrets_from_stdin(what: &str, required: usize) -> Result<Vec<SecretString>, CliError> {
    let mut text = String::new();
    let room = (required as u64 + 1) * (MAX_PASSWORD_BYTES + 2);
    stdin().take(room).read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().take(required + 1).collect();
    if lines.len() < required || lines.iter().take(required).any(|line| line.is_empty()) {
        let detail = format!(
            "standard input is not a terminal and does not hold {what}, each on its own line: use a terminal, or write them to \
             standard input"
        );
        return Err(CliError::Usage(detail));
    }
    let code = lines.get(required).map(|code| code.trim()).filter(|code| !code.is_empty());
    Ok(lines[..required].iter().copied().chain(code).map(SecretString::from).collect())
}

/// The first line of standard input.
pub(super) fn password_from_stdin() -> Result<SecretString, CliError> {
    let missing = || CliError::Usage("standard input holds no secret".to_owned());
    secrets_from_stdin("the secret", 1)?.into_iter().next().ok_or_else(missing)
}
