//! A tenant's connectors.

use bowline_api::admin::{ChangeConnector, Connector};
use bowline_api::{ConnectorId, Page};
use reqwest::Method;

use super::{Client, Failure, TenantRef};

impl Client {
    /// `GET /tenants/{id}/connectors`: all connectors, on one page.
    pub async fn connectors(&self, tenant: &TenantRef) -> Result<Page<Connector>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/connectors"))?).await
    }

    /// `POST /tenants/{id}/connectors/{id}/disable` or `…/enable`, depending on `verb`. `reason` has 3 to 500
    /// characters.
    pub async fn switch_connector(
        &self,
        tenant: &TenantRef,
        connector: ConnectorId,
        verb: &'static str,
        reason: &str,
    ) -> Result<Connector, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ChangeConnector { reason: reason.to_owned() };
        let path = format!("/tenants/{id}/connectors/{connector}/{verb}");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }
}
