//! Reads secrets from the terminal or from standard input.

use std::io::{Read as _, stdin};

use secrecy::SecretString;

use crate::terminal::{Answered, Asking, ask};

use super::CliError;

/// The maximum length of a password, in bytes.
pub(super) const MAX_PASSWORD_BYTES: u64 = 1024;

/// Asks for a secret on the terminal.
pub(super) async fn ask_secret(question: &str) -> Result<SecretString, CliError> {
    match ask(&crate::text::sanitize(question), Asking::Secret).await? {
        Answered::Line(secret) => Ok(secret),
        Answered::Ended(code) => Err(CliError::Ended(code)),
    }
}

/// The first line of standard input.
pub(super) fn password_from_stdin() -> Result<SecretString, CliError> {
    let mut text = String::new();
    stdin().take(MAX_PASSWORD_BYTES + 2).read_to_string(&mut text)?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err(CliError::Usage(
            "standard input is not a terminal and has no line: use a terminal, or write the secret to standard input"
                .to_owned(),
        ));
    }
    Ok(SecretString::from(password))
}
