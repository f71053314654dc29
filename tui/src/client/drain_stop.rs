//! The automatic stop of API keys.

use bowline_api::ApiKeyId;
use bowline_api::admin::{AnnounceFetch, ApiKey, DrainStop, ResumeApiKey, SetDrainStop};
use reqwest::Method;

use super::{Client, Failure, TenantRef};

impl Client {
    /// `GET /tenants/{id}/drain-stop`
    pub async fn drain_stop(&self, tenant: &TenantRef) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/drain-stop"))?).await
    }

    /// `PUT /tenants/{id}/drain-stop`
    pub(super) async fn set_drain_stop(
        &self,
        tenant: &TenantRef,
        wanted: &SetDrainStop,
    ) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::PUT, &format!("/tenants/{id}/drain-stop"))?.json(wanted)).await
    }

    /// `POST /tenants/{id}/drain-stop/announce`. `reason` has 3 to 500 characters.
    pub(super) async fn announce_fetch(
        &self,
        tenant: &TenantRef,
        minutes: u32,
        reason: &str,
    ) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = AnnounceFetch { minutes, reason: reason.to_owned() };
        let path = format!("/tenants/{id}/drain-stop/announce");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }

    /// `POST /tenants/{id}/api-keys/{id}/resume`. `reason` has 3 to 500 characters.
    pub(super) async fn resume_api_key(
        &self,
        tenant: &TenantRef,
        key: ApiKeyId,
        reason: &str,
    ) -> Result<ApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ResumeApiKey { reason: reason.to_owned() };
        let path = format!("/tenants/{id}/api-keys/{key}/resume");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }
}
