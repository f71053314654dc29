//! The audit logs.

use std::time::Duration;

use bowline_api::Page;
use bowline_api::admin::{AuditEvent, AuditVerification};
use reqwest::Method;

use super::{Client, Failure, PageQuery, TenantRef};

impl Client {
    /// `GET /audit`: the log of one tenant, or of the service itself.
    pub async fn audit(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<AuditEvent>, Failure> {
        self.page("/audit", tenant, page).await
    }

    /// `GET /audit/verify`: whether the chain of one log is intact.
    pub async fn verify_audit(&self, tenant: Option<&TenantRef>) -> Result<AuditVerification, Failure> {
        let mut request = self.request(Method::GET, "/audit/verify")?.timeout(Duration::from_mins(10));
        if let Some(tenant) = tenant {
            request = request.query(&[("tenant", self.tenant_id(tenant).await?.to_string())]);
        }
        self.json(request).await
    }
}
