//! What an exchange sends to the provider, read and opened before the call.

use bowline_provider::AppCredentials;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::store::connectors::ConnectorRow;

/// Everything that an exchange sends, read before the approval is removed, so that none of our steps can fail between
/// that and the call.
pub(super) struct ExchangeRequest {
    pub(super) connector: ConnectorRow,
    pub(super) credentials: AppCredentials,
    pub(super) approval: SecretString,
    pub(super) parked: SecretString,
    /// The database's time before the provider is called. Token lifetimes count from here.
    pub(super) claimed_at: DateTime<Utc>,
}
