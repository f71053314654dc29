//! An app's registration at the provider.

use secrecy::SecretString;

/// App key and app secret. `Debug` does not show the secret.
#[derive(Debug, Clone)]
pub struct AppCredentials {
    /// The public `client_id`.
    pub app_key: String,
    /// The `client_secret`.
    pub app_secret: SecretString,
}
