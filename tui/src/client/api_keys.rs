//! A tenant's API keys.

use bowline_api::admin::ApiKey;
use bowline_api::{ApiKeyId, Page};
use reqwest::Method;

use super::{Client, Failure, TenantRef};

impl Client {
    /// `GET /tenants/{id}/api-keys`: all API keys, on one page.
    pub async fn api_keys(&self, tenant: &TenantRef) -> Result<Page<ApiKey>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/api-keys"))?).await
    }

    /// `DELETE /tenants/{id}/api-keys/{id}`; it cannot be undone.
    pub(super) async fn revoke_api_key(&self, tenant: &TenantRef, key: ApiKeyId) -> Result<ApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::DELETE, &format!("/tenants/{id}/api-keys/{key}"))?).await
    }
}
