//! The tenants that an operator may see and act on.

use std::sync::Arc;

use bowline_api::TenantId;

use super::Whose;
use super::error::{Code, Error, Result};

/// All tenants, or some.
#[derive(Debug, Clone)]
pub struct Reach(Option<Arc<[TenantId]>>);

impl Reach {
    /// Only these tenants, or all if there is no list.
    pub fn of(tenants: Option<Vec<TenantId>>) -> Self {
        Self(tenants.map(Arc::from))
    }

    /// The tenants, if the operator is limited to some.
    pub fn tenants(&self) -> Option<&[TenantId]> {
        self.0.as_deref()
    }

    /// Whose rows a list shows that names no tenant.
    pub fn whose(&self) -> Whose {
        self.tenants().map_or_else(Whose::default, Whose::some)
    }

    /// What an operator who is limited is told about something that does not exist: the same as about what is out of reach.
    pub fn hide(&self, error: Error) -> Error {
        if self.0.is_some() && error.code() == Code::NotFound { Error::not_found() } else { error }
    }

    /// Whether the log of this tenant, or the service's own log, may be read.
    pub fn includes(&self, log: Option<TenantId>) -> bool {
        match (&self.0, log) {
            (None, _) => true,
            (Some(tenants), Some(log)) => tenants.contains(&log),
            (Some(_), None) => false,
        }
    }

    /// Refuses a tenant that is out of reach, as if it did not exist.
    ///
    /// # Errors
    /// `not_found`.
    pub fn check(&self, tenant: TenantId) -> Result<()> {
        match &self.0 {
            Some(tenants) if !tenants.contains(&tenant) => Err(Error::not_found()),
            _ => Ok(()),
        }
    }
}
