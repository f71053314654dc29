//! Whose rows a list shows.

use bowline_api::TenantId;
use serde::Serialize;
use uuid::Uuid;

/// The rows of all tenants, or of some. Cursors are bound to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Whose(Option<Vec<Uuid>>);

impl Whose {
    /// The rows of one tenant.
    pub fn one(tenant: TenantId) -> Self {
        Self(Some(vec![tenant.uuid()]))
    }

    /// The rows of these tenants.
    pub fn some(tenants: &[TenantId]) -> Self {
        let mut tenants: Vec<Uuid> = tenants.iter().map(TenantId::uuid).collect();
        tenants.sort_unstable();
        tenants.dedup();
        Self(Some(tenants))
    }

    /// The tenants whose rows are shown; none if it is all of them.
    pub fn tenants(&self) -> Option<&[Uuid]> {
        self.0.as_deref()
    }

    /// The tenant whose rows are shown, if it is a single one.
    pub fn single(&self) -> Option<Uuid> {
        match self.tenants() {
            Some([one]) => Some(*one),
            _ => None,
        }
    }

    /// Whether rows of this tenant are among them.
    pub fn includes(&self, tenant: Uuid) -> bool {
        self.tenants().is_none_or(|tenants| tenants.contains(&tenant))
    }
}
