//! A webhook endpoint of the user's own app, which the demo makes for it.

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

/// An endpoint with the secret by which the app verifies messages.
#[derive(Debug, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: SecretString,
}

/// What Bowline answers: the secret, or why there is none.
#[derive(Deserialize)]
struct Answer {
    secret: Option<SecretString>,
    detail: Option<String>,
}

impl Webhook {
    /// Makes an endpoint for all events, with the app's own API key.
    ///
    /// # Errors
    /// If Bowline refuses the URL; the error says why.
    pub(crate) async fn add(
        http: &reqwest::Client,
        bowline_url: &str,
        api_key: &SecretString,
        url: &str,
    ) -> anyhow::Result<Self> {
        let call = http.post(format!("{bowline_url}/v1/webhook-endpoints"));
        let answer = call.bearer_auth(api_key.expose_secret()).json(&json!({ "url": url })).send().await;
        let answer = answer.context("Bowline cannot be reached")?;
        let status = answer.status();
        let Answer { secret, detail } = answer.json().await.context("Bowline's answer has no JSON")?;
        let Some(secret) = secret.filter(|_| status.is_success()) else {
            bail!("Bowline refuses the webhook URL: {}", detail.unwrap_or_else(|| status.to_string()))
        };
        Ok(Self { url: url.to_owned(), secret })
    }

    /// The endpoint with its secret, for the demo's own file.
    pub(crate) fn to_kept(&self) -> Value {
        json!({ "url": self.url, "secret": self.secret.expose_secret() })
    }
}
