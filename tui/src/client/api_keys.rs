//! A tenant's API keys.

use bowline_api::admin::{ApiKey, CreateApiKey, NewApiKey, RotateApiKey, RotatedApiKey};
use bowline_api::status::Permission;
use bowline_api::{ApiKeyId, Page};
use chrono::{DateTime, Utc};
use reqwest::Method;

use super::{Client, Failure, Proof, TenantRef};

impl Client {
    /// `GET /tenants/{id}/api-keys`: all API keys, on one page.
    pub async fn api_keys(&self, tenant: &TenantRef) -> Result<Page<ApiKey>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/api-keys"))?).await
    }

    /// `POST /tenants/{id}/api-keys`: the answer has the secret, which is never shown again. Without permissions, the key has the usual
    /// ones.
    pub(super) async fn create_api_key(
        &self,
        tenant: &TenantRef,
        name: &str,
        permissions: Option<Vec<Permission>>,
        expires_at: Option<DateTime<Utc>>,
        proof: &Proof,
    ) -> Result<NewApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = CreateApiKey { name: name.to_owned(), permissions, expires_at, proof: proof.body() };
        self.json(self.request(Method::POST, &format!("/tenants/{id}/api-keys"))?.json(&body)).await
    }

    /// `POST /tenants/{id}/api-keys/{id}/rotate`: a new key, beside which the old one works for these hours.
    pub(super) async fn rotate_api_key(
        &self,
        tenant: &TenantRef,
        key: ApiKeyId,
        overlap_hours: Option<u32>,
        proof: &Proof,
    ) -> Result<RotatedApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = RotateApiKey { overlap_hours, proof: proof.body() };
        let path = format!("/tenants/{id}/api-keys/{key}/rotate");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }

    /// `DELETE /tenants/{id}/api-keys/{id}`; it cannot be undone.
    pub(super) async fn revoke_api_key(&self, tenant: &TenantRef, key: ApiKeyId) -> Result<ApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::DELETE, &format!("/tenants/{id}/api-keys/{key}"))?).await
    }
}
