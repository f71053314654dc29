//! A tenant's endpoints for webhooks, and what was delivered to them.

use bowline_api::admin::{AddWebhookEndpoint, ChangeWebhookEndpoint, ReplaceWebhookSecret};
use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, ResendWebhooks, ResentWebhooks, WebhookDelivery,
    WebhookEndpoint,
};
use bowline_api::{AnyOf, Page, WebhookEndpointId};
use reqwest::{Method, RequestBuilder};

use super::{Answer, Client, Failure, PageQuery, TenantRef, WebhookAct};

impl Client {
    /// `GET /tenants/{id}/webhook-endpoints`: all endpoints, on one page.
    pub async fn webhooks(&self, tenant: &TenantRef) -> Result<Page<WebhookEndpoint>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/webhook-endpoints"))?).await
    }

    /// `GET /tenants/{id}/webhook-endpoints/{id}`
    pub async fn webhook(
        &self,
        tenant: &TenantRef,
        id: WebhookEndpointId,
    ) -> Result<WebhookEndpoint, Failure> {
        self.json(self.about_webhook(Method::GET, tenant, id, "").await?).await
    }

    /// `GET /tenants/{id}/webhook-endpoints/{id}/deliveries`: all, or those in any of some states.
    pub async fn deliveries(
        &self,
        tenant: &TenantRef,
        id: WebhookEndpointId,
        state: Option<&AnyOf<WebhookDeliveryState>>,
        page: PageQuery,
    ) -> Result<Page<WebhookDelivery>, Failure> {
        let mut query = page.query();
        query.extend(state.map(|state| ("state", state.to_string())));
        self.json(self.about_webhook(Method::GET, tenant, id, "/deliveries").await?.query(&query)).await
    }

    /// Makes the change.
    pub(super) async fn act_on_webhook(
        &self,
        tenant: &TenantRef,
        act: WebhookAct,
    ) -> Result<Answer, Failure> {
        let endpoint = |changed| Answer::Webhook(Box::new(changed));
        Ok(match act {
            WebhookAct::Create { wanted, proof } => {
                let CreateWebhookEndpoint { url, events, connector } = *wanted;
                let body = AddWebhookEndpoint { url, events, connector, proof: proof.body() };
                let of = self.tenant_id(tenant).await?;
                let request = self.request(Method::POST, &format!("/tenants/{of}/webhook-endpoints"))?;
                Answer::NewWebhook(self.json(request.json(&body)).await?)
            }
            WebhookAct::Edit { id, edit, proof } => {
                let EditWebhookEndpoint { url, events, connector } = *edit;
                let proof = url.is_some().then(|| proof.body());
                let body = ChangeWebhookEndpoint { url, events, connector, proof };
                let request = self.about_webhook(Method::PATCH, tenant, id, "").await?;
                endpoint(self.json(request.json(&body)).await?)
            }
            WebhookAct::Disable { id } => {
                endpoint(self.json(self.about_webhook(Method::POST, tenant, id, "/disable").await?).await?)
            }
            WebhookAct::Enable { id } => {
                endpoint(self.json(self.about_webhook(Method::POST, tenant, id, "/enable").await?).await?)
            }
            WebhookAct::Delete { id } => {
                self.bytes(self.about_webhook(Method::DELETE, tenant, id, "").await?).await?;
                Answer::Done
            }
            WebhookAct::Test { id } => {
                let request = self.about_webhook(Method::POST, tenant, id, "/test").await?;
                Answer::WebhookTest(self.json(request).await?)
            }
            WebhookAct::Rotate { id, overlap_hours, proof } => {
                let body = ReplaceWebhookSecret { overlap_hours, proof: proof.body() };
                let request = self.about_webhook(Method::POST, tenant, id, "/rotate-secret").await?;
                Answer::NewWebhook(self.json(request.json(&body)).await?)
            }
            WebhookAct::Resend { id, event } => {
                let rest = format!("/deliveries/{event}/resend");
                self.bytes(self.about_webhook(Method::POST, tenant, id, &rest).await?).await?;
                Answer::Resent(ResentWebhooks { events: 1 })
            }
            WebhookAct::ResendSince { id, since, accepted_too } => {
                let body = ResendWebhooks { since, accepted_too };
                let request = self.about_webhook(Method::POST, tenant, id, "/resend").await?;
                Answer::Resent(self.json(request.json(&body)).await?)
            }
        })
    }

    /// A request about an endpoint; `rest` is what follows its id in the path.
    async fn about_webhook(
        &self,
        method: Method,
        tenant: &TenantRef,
        id: WebhookEndpointId,
        rest: &str,
    ) -> Result<RequestBuilder, Failure> {
        let of = self.tenant_id(tenant).await?;
        self.request(method, &format!("/tenants/{of}/webhook-endpoints/{id}{rest}"))
    }
}
