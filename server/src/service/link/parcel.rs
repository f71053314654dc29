//! What an exchange sends to the provider.

use bowline_provider::AppCredentials;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::store::connectors::ConnectorRow;

/// What an exchange sends, read before the approval is taken out: nothing of ours can fail between that and the call.
pub(super) struct Parcel {
    pub(super) connector: ConnectorRow,
    pub(super) credentials: AppCredentials,
    pub(super) approval: SecretString,
    pub(super) parked: SecretString,
    /// Before the provider is asked, by the database's clock: tokens live from then on.
    pub(super) claimed_at: DateTime<Utc>,
}
