//! The automatic stop of API keys.

use bowline_api::ApiKeyId;
use bowline_api::admin::{AnnounceFetch, ApiKey, DrainStop, ResumeApiKey, SetDrainStop};
use reqwest::Method;

use super::{Client, Failure, Proof, TenantRef};

/// What an automatic stop is to be. What is omitted is the server's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedStop {
    /// Whether keys are suspended.
    pub enabled: bool,
    /// How many times its largest minute a key may fetch: 2 to 1000.
    pub times: Option<u32>,
    /// The number of accounts a minute up to which no key is suspended: 10 to 10,000,000.
    pub least: Option<u32>,
}

impl Client {
    /// `GET /tenants/{id}/drain-stop`
    pub async fn drain_stop(&self, tenant: &TenantRef) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/drain-stop"))?).await
    }

    /// `PUT /tenants/{id}/drain-stop`. `reason` has 3 to 500 characters.
    pub(super) async fn set_drain_stop(
        &self,
        tenant: &TenantRef,
        WantedStop { enabled, times, least }: WantedStop,
        reason: &str,
        proof: &Proof,
    ) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = SetDrainStop { enabled, times, least, reason: reason.to_owned(), proof: proof.body() };
        self.json(self.request(Method::PUT, &format!("/tenants/{id}/drain-stop"))?.json(&body)).await
    }

    /// `POST /tenants/{id}/drain-stop/announce`: for so many minutes, of this key alone or of all keys. `reason` has 3 to 500 characters.
    pub(super) async fn announce_fetch(
        &self,
        tenant: &TenantRef,
        (minutes, key): (u32, Option<ApiKeyId>),
        reason: &str,
        proof: &Proof,
    ) -> Result<DrainStop, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = AnnounceFetch { minutes, key, reason: reason.to_owned(), proof: proof.body() };
        let path = format!("/tenants/{id}/drain-stop/announce");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }

    /// `POST /tenants/{id}/api-keys/{id}/resume`. `reason` has 3 to 500 characters.
    pub(super) async fn resume_api_key(
        &self,
        tenant: &TenantRef,
        key: ApiKeyId,
        reason: &str,
        proof: &Proof,
    ) -> Result<ApiKey, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ResumeApiKey { reason: reason.to_owned(), proof: proof.body() };
        let path = format!("/tenants/{id}/api-keys/{key}/resume");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }
}
