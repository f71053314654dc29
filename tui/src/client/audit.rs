//! The audit logs.

use std::time::Duration;

use bowline_api::Page;
use bowline_api::admin::{AuditEvent, AuditVerification};
use reqwest::Method;

use super::{Client, Failure, PageQuery, TenantRef};

/// What is searched for in the audit logs, in the words of the admin API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSearch {
    /// The log of this tenant; the service's own log if none.
    pub tenant: Option<TenantRef>,
    /// The logs of all tenants and of the service.
    pub all: bool,
    /// An operator's name, the id of an operator or API key, or a kind of actor.
    pub actor: Option<String>,
    /// An action in the audit log, or its first part.
    pub action: Option<String>,
    /// An id that the audit events are about.
    pub subject: Option<String>,
    /// Audit events from this time on (RFC 3339).
    pub since: Option<String>,
    /// Audit events before this time (RFC 3339).
    pub until: Option<String>,
}

impl Client {
    /// `GET /audit`: the events of a log, newest first; with filters those that match, in the order of time.
    pub async fn audit(&self, search: &AuditSearch, page: PageQuery) -> Result<Page<AuditEvent>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = &search.tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        if search.all {
            query.push(("all", "true".to_owned()));
        }
        let texts = [
            ("actor", &search.actor),
            ("action", &search.action),
            ("subject", &search.subject),
            ("since", &search.since),
            ("until", &search.until),
        ];
        query.extend(texts.into_iter().filter_map(|(name, text)| text.clone().map(|text| (name, text))));
        self.json(self.request(Method::GET, "/audit")?.query(&query)).await
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
