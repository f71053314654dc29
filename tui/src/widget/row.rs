//! Rows of lists and the ids that identify them.

use std::fmt::Debug;
use std::hash::Hash;

use bowline_api::admin::{
    AccountSummary, ApiKey, AuditEvent, Connector, FailingConnector, Job, JobItem, Operator, OperatorSession,
    Tenant,
};
use bowline_api::{AccountId, ApiKeyId, ConnectorId, EventId, JobId, OperatorId, SessionId, TenantId};

/// A row of a list.
pub trait Row: Debug {
    /// What identifies the row. Two rows of a list never have the same id.
    type Id: Copy + Eq + Hash + Debug;

    /// The id of this row.
    fn row_id(&self) -> Self::Id;
}

macro_rules! rows {
    ($($row:ty: $id:ty = $($field:ident).+;)*) => {$(
        impl Row for $row {
            type Id = $id;

            fn row_id(&self) -> $id {
                self.$($field).+
            }
        }
    )*};
}
rows! {
    AccountSummary: AccountId = account.id;
    ApiKey: ApiKeyId = id;
    AuditEvent: EventId = id;
    Connector: ConnectorId = id;
    FailingConnector: ConnectorId = id;
    Job: JobId = id;
    JobItem: AccountId = account_id;
    Operator: OperatorId = id;
    OperatorSession: SessionId = id;
    Tenant: TenantId = id;
}
