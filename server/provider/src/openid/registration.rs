//! How this service is registered at an identity provider.

use secrecy::SecretString;

/// How this service is registered at the identity provider. `Debug` does not show the secret.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The issuer, exactly as it names itself.
    pub issuer: String,
    /// The client id.
    pub client_id: String,
    /// The client secret; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// The scopes that are asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim with the groups.
    pub groups_claim: String,
}
