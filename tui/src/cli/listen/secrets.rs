//! The secrets of `bowline listen`: a tenant's API key, and what signs. Neither is an argument.

use std::io::{IsTerminal as _, stdin};

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::CliError;
use crate::cli::output::Output;
use crate::cli::secret::{ask_secret, password_from_stdin};
use crate::client::SigningSecret;
use crate::found_secret::found_secret;

const KEY: &str = "BOWLINE_API_KEY";
const SECRET: &str = "BOWLINE_WEBHOOK_SECRET";

/// The API key, from the environment, the terminal or standard input.
pub(super) async fn api_key() -> Result<SecretString, CliError> {
    let key = match variable(KEY)? {
        Some(key) => key,
        None if stdin().is_terminal() => ask_secret("API key: ").await?,
        None => password_from_stdin()?,
    };
    let key = SecretString::from(key.expose_secret().trim());
    let is_key = key.expose_secret().starts_with("bwl_sk_");
    if is_key && key.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(key);
    }
    let what = match found_secret(key.expose_secret()) {
        Some(found) if !is_key => format!("this is {}, and no API key", found.kind),
        _ => "this is no API key".to_owned(),
    };
    Err(CliError::Usage(format!("{what}; it was not sent")))
}

/// The secret that signs, from the environment, or a new one, which is printed.
pub(super) fn signing_secret() -> Result<SigningSecret, CliError> {
    if let Some(text) = variable(SECRET)? {
        let wrong = || CliError::Usage(format!("{SECRET} is whsec_ and the Base64 of 24 to 64 bytes"));
        return SigningSecret::parse(text.expose_secret().trim()).ok_or_else(wrong);
    }
    let secret = SigningSecret::generate()?;
    Output::remark(&format!("signing secret of this run: {}", secret.expose()));
    Ok(secret)
}

/// The value of a variable of the environment, unless it is empty.
fn variable(name: &str) -> Result<Option<SecretString>, CliError> {
    let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = value.into_string().map_err(|_| CliError::Usage(format!("{name} is no text")))?;
    Ok(Some(SecretString::from(text)))
}
