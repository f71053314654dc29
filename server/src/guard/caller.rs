//! Who sent a request: noted by the guard that finds out, read by the access log and the trace.

use std::sync::OnceLock;

use bowline_api::{ApiKeyId, OperatorId, TenantId};
use rocket::Request;

/// Who sent the request, once a guard has found out.
#[derive(Debug, Default)]
pub(super) struct Caller(OnceLock<Who>);

/// The owner of a credential that has been checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// A tenant's app.
    App(TenantId, ApiKeyId),
    /// An operator.
    Operator(OperatorId),
}

impl Caller {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// Notes whose request it is.
    pub(super) fn is(&self, who: Who) {
        self.0.set(who).ok();
    }

    /// The tenant and the credential as the access log names them.
    pub(super) fn names(&self) -> (String, String) {
        match self.0.get() {
            Some(Who::App(tenant, key)) => (tenant.to_string(), key.to_string()),
            Some(Who::Operator(operator)) => (String::new(), operator.to_string()),
            None => (String::new(), String::new()),
        }
    }
}
