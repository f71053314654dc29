//! Endpoints that are told of events, and what was delivered to them.

use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::{
    CreateWebhookEndpoint, EditWebhookEndpoint, NewWebhookEndpoint, ResendWebhooks, ResentWebhooks,
    RotateWebhookSecret, WebhookDelivery, WebhookEndpoint, WebhookTest,
};
use bowline_api::{EventId, Page, WebhookEndpointId};
use serde::Serialize;

use crate::{Calls, Error};

/// Which deliveries are listed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeliveriesQuery {
    /// Only those in this state.
    pub state: Option<WebhookDeliveryState>,
    /// Where the page begins: `next` or `prev` of another one.
    pub cursor: Option<String>,
    /// How many there are on a page.
    pub limit: Option<u32>,
}

impl Calls {
    /// Your endpoints.
    pub async fn webhook_endpoints_list(&self) -> Result<Page<WebhookEndpoint>, Error> {
        self.answer(self.get("/v1/webhook-endpoints")).await
    }

    /// Creates an endpoint. Its secret is never shown again.
    pub async fn webhook_endpoints_create(
        &self,
        body: &CreateWebhookEndpoint,
    ) -> Result<NewWebhookEndpoint, Error> {
        self.answer(self.post("/v1/webhook-endpoints").json(body)).await
    }

    /// One endpoint.
    pub async fn webhook_endpoints_show(&self, id: WebhookEndpointId) -> Result<WebhookEndpoint, Error> {
        self.answer(self.get(format!("/v1/webhook-endpoints/{id}"))).await
    }

    /// Removes an endpoint.
    pub async fn webhook_endpoints_remove(&self, id: WebhookEndpointId) -> Result<(), Error> {
        self.answer(self.delete(format!("/v1/webhook-endpoints/{id}"))).await
    }

    /// Changes an endpoint.
    pub async fn webhook_endpoints_edit(
        &self,
        id: WebhookEndpointId,
        body: &EditWebhookEndpoint,
    ) -> Result<WebhookEndpoint, Error> {
        self.answer(self.patch(format!("/v1/webhook-endpoints/{id}")).json(body)).await
    }

    /// What became of each event at an endpoint.
    pub async fn webhook_endpoints_deliveries(
        &self,
        id: WebhookEndpointId,
        query: &DeliveriesQuery,
    ) -> Result<Page<WebhookDelivery>, Error> {
        self.answer(self.get(format!("/v1/webhook-endpoints/{id}/deliveries")).query(query)).await
    }

    /// Sends one event again.
    pub async fn webhook_endpoints_resend(&self, id: WebhookEndpointId, event: EventId) -> Result<(), Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/deliveries/{event}/resend"))).await
    }

    /// Tells an endpoint no events until it is enabled again.
    pub async fn webhook_endpoints_disable(&self, id: WebhookEndpointId) -> Result<WebhookEndpoint, Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/disable"))).await
    }

    /// Tells a disabled endpoint events again.
    pub async fn webhook_endpoints_enable(&self, id: WebhookEndpointId) -> Result<WebhookEndpoint, Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/enable"))).await
    }

    /// Sends all events since a time again.
    pub async fn webhook_endpoints_resend_since(
        &self,
        id: WebhookEndpointId,
        body: &ResendWebhooks,
    ) -> Result<ResentWebhooks, Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/resend")).json(body)).await
    }

    /// A new secret, beside which the old one is used for a while.
    pub async fn webhook_endpoints_rotate_secret(
        &self,
        id: WebhookEndpointId,
        body: &RotateWebhookSecret,
    ) -> Result<NewWebhookEndpoint, Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/rotate-secret")).json(body)).await
    }

    /// Sends a test event.
    pub async fn webhook_endpoints_test(&self, id: WebhookEndpointId) -> Result<WebhookTest, Error> {
        self.answer(self.post(format!("/v1/webhook-endpoints/{id}/test"))).await
    }
}
