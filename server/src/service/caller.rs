//! Who made a request, for the access log.

use std::sync::OnceLock;

use bowline_api::{ApiKeyId, ConnectorId, OperatorId, TenantId};

/// The caller, by a verified credential.
#[derive(Debug, Clone, Copy)]
pub enum Principal {
    /// A tenant's app.
    TenantApp(TenantId, ApiKeyId),
    /// The provider, which has signed with the app secret of this connector.
    Provider(TenantId, ConnectorId),
    /// An operator.
    Operator(OperatorId),
}

/// Who made a request. Empty until a credential is verified; the first principal stays.
#[derive(Debug, Default)]
pub struct Caller(OnceLock<Principal>);

impl Caller {
    /// Records the owner of the credential that was verified.
    pub fn identify_as(&self, principal: Principal) {
        self.0.set(principal).ok();
    }

    /// The owner of the verified credential, if there is one.
    pub fn principal(&self) -> Option<Principal> {
        self.0.get().copied()
    }
}
