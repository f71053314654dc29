//! Rows of lists and the ids that identify them.

use std::fmt::Debug;
use std::hash::Hash;

use bowline_api::admin::{
    AccountSummary, ApiKey, AuditEvent, Connector, Job, JobItem, Operator, OperatorSession, Tenant,
};
use bowline_api::v1::{WebhookDelivery, WebhookEndpoint};
use bowline_api::{
    AccountId, ApiKeyId, ConnectorId, EventId, JobId, OperatorId, SessionId, TenantId, WebhookEndpointId,
};

/// A row of a list.
pub trait Row: Debug {
    /// What identifies the row. Two rows of a list never have the same id.
    type Id: Copy + Eq + Hash + Debug;

    /// The id of this row.
    fn row_id(&self) -> Self::Id;

    /// The state in which others may put it, in words; `None` if it has none.
    fn state(&self) -> Option<String> {
        None
    }
}

macro_rules! rows {
    ($($row:ty: $id:ty = $($field:ident).+ $(, in |$this:ident| $state:expr)?;)*) => {$(
        impl Row for $row {
            type Id = $id;

            fn row_id(&self) -> $id {
                self.$($field).+
            }

            $(
                fn state(&self) -> Option<String> {
                    let $this = self;
                    Some($state)
                }
            )?
        }
    )*};
}
rows! {
    AccountSummary: AccountId = account.id, in |row| row.account.status.to_string();
    ApiKey: ApiKeyId = id, in |row| word_of_row(row.revoked_at.is_some(), "revoked", "valid");
    AuditEvent: EventId = id;
    Connector: ConnectorId = id, in |row| row.status.to_string();
    Job: JobId = id, in |row| row.state.to_string();
    JobItem: AccountId = account_id, in |row| row.state.to_string();
    Operator: OperatorId = id, in |row| word_of_row(row.disabled_at.is_some(), "disabled", "enabled");
    OperatorSession: SessionId = id;
    Tenant: TenantId = id, in |row| word_of_row(row.frozen.is_some(), "frozen", "not frozen");
    WebhookDelivery: EventId = event_id;
    WebhookEndpoint: WebhookEndpointId = id, in |row| row.state.to_string();
}

fn word_of_row(condition: bool, yes: &str, no: &str) -> String {
    if condition { yes } else { no }.to_owned()
}
