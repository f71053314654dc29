//! A complete response of one of our APIs.

use anyhow::{Context as _, ensure};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A response with any status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn read(response: reqwest::Response) -> anyhow::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, bytes: response.bytes().await?.to_vec() })
    }

    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// Parses the body of a successful response.
    ///
    /// # Errors
    /// If the status is not 200 to 299 (the error contains the body), or the body cannot be parsed.
    pub fn good<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        ensure!((200..300).contains(&self.status), "refused with {}: {}", self.status, self.text());
        serde_json::from_slice(&self.bytes).with_context(|| format!("the answer was {}", self.text()))
    }

    /// Status and code of a refusal, such as `(410, "account_revoked")`; the code is empty if there is none.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    /// A header's text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body without the request id, which differs between requests.
    pub fn without_request_id(&self) -> String {
        let text = self.text();
        match self.json()["request_id"].as_str() {
            Some(id) => text.replace(id, "req_"),
            None => text,
        }
    }
}
