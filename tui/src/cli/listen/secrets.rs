//! The secrets of `bowline listen`: a tenant's API key, and what signs. Neither is an argument.

use std::io::{IsTerminal as _, stdin};

use bowline_webhook_signature::{BadSecret, Secret, Signer};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::CliError;
use crate::cli::output::Output;
use crate::cli::secret::{ask_secret, password_from_stdin};
use crate::client::Failure;
use crate::found_secret::found_secret;

const API_KEY_VARIABLE: &str = "BOWLINE_API_KEY";
const WEBHOOK_SECRET_VARIABLE: &str = "BOWLINE_WEBHOOK_SECRET";

/// The API key, from the environment, the terminal or standard input.
pub(super) async fn api_key() -> Result<SecretString, CliError> {
    let key = match environment_variable(API_KEY_VARIABLE)? {
        Some(key) => key,
        None if stdin().is_terminal() => ask_secret("API key: ").await?,
        None => password_from_stdin()?,
    };
    let key = SecretString::from(key.expose_secret().trim());
    let is_key = ["bwl_sk_", "bwl_test_"].iter().any(|prefix| key.expose_secret().starts_with(prefix));
    if is_key && key.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(key);
    }
    let what = match found_secret(key.expose_secret()) {
        Some(found) if !is_key => format!("this is {}, and no API key", found.kind),
        _ => "this is no API key".to_owned(),
    };
    Err(CliError::Usage(format!("{what}; it was not sent")))
}

/// What signs, with the secret from the environment, or with a new one, which is printed.
pub(super) fn signer() -> Result<Signer, CliError> {
    let wrong = |_: BadSecret| {
        CliError::Usage(format!("{WEBHOOK_SECRET_VARIABLE} is whsec_ and the Base64 of 24 to 64 bytes"))
    };
    let secret = if let Some(text) = environment_variable(WEBHOOK_SECRET_VARIABLE)? {
        Secret::parse(text.expose_secret().trim().into()).map_err(wrong)?
    } else {
        let secret = generate_secret()?;
        Output::remark(&format!("signing secret of this run: {}", secret.expose().expose_secret()));
        secret
    };
    Signer::new([&secret]).map_err(wrong)
}

fn generate_secret() -> Result<Secret, Failure> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    let filled = rustls::crypto::ring::default_provider().secure_random.fill(&mut *bytes);
    filled.map_err(|_| Failure::Refused("this machine gives no random bytes".to_owned()))?;
    Ok(Secret::from_bytes(&bytes))
}

/// The value of a variable of the environment, unless it is empty.
fn environment_variable(name: &str) -> Result<Option<SecretString>, CliError> {
    let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = value.into_string().map_err(|_| CliError::Usage(format!("{name} is no text")))?;
    Ok(Some(SecretString::from(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_secret_is_another_one_each_time_and_is_read_back() {
        let (one, other) = (generate_secret().unwrap(), generate_secret().unwrap());
        assert_ne!(one.expose().expose_secret(), other.expose().expose_secret());
        assert!(Secret::parse(one.expose().clone()).is_ok());
    }
}
