//! A tenant's API keys.

use bowline_api::Page;
use bowline_api::admin::ApiKey;
use reqwest::Method;

use super::{Client, Failure, TenantRef};

impl Client {
    /// `GET /tenants/{id}/api-keys`: all API keys, on one page.
    pub async fn api_keys(&self, tenant: &TenantRef) -> Result<Page<ApiKey>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/api-keys"))?).await
    }
}
