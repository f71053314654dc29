//! A grant that is to be revoked at the provider, before it is queued.

use bowline_api::status::RevocationCause;
use bowline_provider::Orphan;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

/// A grant that is to be revoked at the provider.
pub struct GrantToRevoke {
    /// The connector through which the grant was made.
    pub connector: Uuid,
    /// The account. None if the grant never became one.
    pub account: Option<Uuid>,
    /// The account's generation afterwards.
    pub generation: i64,
    /// The cause.
    pub cause: RevocationCause,
    /// The grant's access token, if there is one.
    pub access_token: Option<SecretString>,
    /// When the grant's access token expires.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// The grant's refresh token, if there is one.
    pub refresh_token: Option<SecretString>,
}

impl GrantToRevoke {
    /// Tokens from an answer that became no account.
    pub(super) fn orphan(connector: Uuid, orphan: &Orphan) -> Self {
        Self {
            connector,
            account: None,
            generation: 0,
            cause: RevocationCause::Orphaned,
            access_token: orphan.access_token.clone(),
            access_expires_at: None,
            refresh_token: orphan.refresh_token.clone(),
        }
    }
}
