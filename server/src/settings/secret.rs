//! Secrets of the settings, which stand in a setting or in a file that it names.

use std::path::Path;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

/// The secret, from the setting or else from the file.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn secret(
    value: Option<&SecretString>,
    file: Option<&Path>,
) -> anyhow::Result<Option<SecretString>> {
    match (value, file) {
        (Some(value), _) => Ok(Some(SecretString::from(value.expose_secret().trim()))),
        (None, Some(file)) => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            Ok(Some(SecretString::from(text.trim())))
        }
        (None, None) => Ok(None),
    }
}
