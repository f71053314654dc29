//! An app's registration at the provider.

use secrecy::SecretString;

use crate::Protocol;

/// A connector's app key and app secret, and the protocol in which they are used. `Debug` does not show the secret.
#[derive(Debug, Clone)]
pub struct AppCredentials {
    /// The protocol that every call with these credentials speaks.
    pub protocol: Protocol,
    /// The public key: the `client_id` of OAuth 2, the `oauth_consumer_key` of OAuth 1.
    pub app_key: String,
    /// The app secret: the `client_secret` of OAuth 2, with which requests are signed under OAuth 1.
    pub app_secret: SecretString,
}
