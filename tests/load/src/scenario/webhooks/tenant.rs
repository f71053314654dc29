//! A tenant with its endpoints, and its calls.

use anyhow::{Context as _, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::receiver::{Manner, Receiver};
use crate::data::tenants::RETURN_URL;
use crate::scenario::batch::CHALLENGE;
use crate::server::Programs;

/// The type of the events that are told.
const KIND: &str = "link_session.failed";

/// An endpoint of a tenant.
pub(super) struct Endpoint {
    id: String,
    pub(super) receiver: Receiver,
}

/// A tenant of the data with an API key of its own for this scenario.
pub(super) struct Told {
    http: Client,
    base: String,
    key: String,
    pub(super) endpoints: Vec<Endpoint>,
}

impl Told {
    /// Prepares the tenant with this number, with one endpoint for each of `manners`. Endpoints that an earlier run has left are removed.
    pub(super) async fn prepare(
        programs: &Programs,
        environment: &[(String, String)],
        base: &str,
        number: usize,
        manners: &[Manner],
    ) -> anyhow::Result<Self> {
        let slug = format!("load-{number:03}");
        let add = ["api-key", "add", "--tenant", &slug, "--name", "webhooks", "--json"];
        let key = programs.command(environment, &add, "").await?;
        let key = key["secret"].as_str().context("the command printed no secret")?.to_owned();
        let http = Client::builder().no_proxy().tls_certs_only([]).build()?;
        let mut told = Self { http, base: base.to_owned(), key, endpoints: Vec::new() };
        let old = told.call(Method::GET, "/v1/webhook-endpoints", None).await?;
        for endpoint in old["items"].as_array().context("no list")? {
            told.remove(endpoint["id"].as_str().context("no id")?).await?;
        }
        for manner in manners {
            let receiver = Receiver::start(*manner).await?;
            let wanted = json!({ "url": receiver.url(), "events": [KIND] });
            let added = told.call(Method::POST, "/v1/webhook-endpoints", Some(wanted)).await?;
            let id = added["id"].as_str().context("no id")?.to_owned();
            told.endpoints.push(Endpoint { id, receiver });
        }
        Ok(told)
    }

    /// Those that accept what they get.
    pub(super) fn healthy(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(|one| one.receiver.manner == Manner::Healthy)
    }

    /// Those that do not.
    pub(super) fn ailing(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(|one| one.receiver.manner != Manner::Healthy)
    }

    /// Creates a link session and returns its id.
    pub(super) async fn begin_link(&self) -> anyhow::Result<String> {
        let wanted = json!({
            "external_user_id": "told", "return_url": RETURN_URL, "completion_challenge": CHALLENGE
        });
        let session = self.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
        Ok(session["id"].as_str().context("no id")?.to_owned())
    }

    /// Cancels a link session, which is an event.
    pub(super) async fn cancel(&self, session: &str) -> anyhow::Result<()> {
        self.call(Method::POST, &format!("/v1/link-sessions/{session}/cancel"), None).await.map(drop)
    }

    /// Disables or enables an endpoint.
    pub(super) async fn switch(&self, endpoint: &Endpoint, act: &str) -> anyhow::Result<()> {
        let path = format!("/v1/webhook-endpoints/{}/{act}", endpoint.id);
        self.call(Method::POST, &path, None).await.map(drop)
    }

    /// Sends the events since a time again.
    pub(super) async fn resend(&self, endpoint: &Endpoint, since: &str) -> anyhow::Result<()> {
        let path = format!("/v1/webhook-endpoints/{}/resend", endpoint.id);
        let wanted = json!({ "since": since, "accepted_too": true });
        self.call(Method::POST, &path, Some(wanted)).await.map(drop)
    }

    /// Removes its endpoints.
    pub(super) async fn leave(&self) -> anyhow::Result<()> {
        for endpoint in &self.endpoints {
            self.remove(&endpoint.id).await?;
        }
        Ok(())
    }

    async fn remove(&self, id: &str) -> anyhow::Result<()> {
        self.call(Method::DELETE, &format!("/v1/webhook-endpoints/{id}"), None).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path} was answered {status}: {text}");
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}
