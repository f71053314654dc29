//! A tenant's stream of events, which is read with an API key of the tenant.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_api::{EventId, Problem};
use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::call_log::CallLog;
use super::connection::{REQUEST_ID, body, retry_after, unreachable_because};
use super::sse::{Block, Blocks, LONGEST};
use super::{CallEntry, Failure, LogFile, ServerUrl, tls};

/// What a key needs that lacks the permission.
const NEEDED_PERMISSION: &str =
    "it needs the permission webhooks; an operator creates a key that has it with: bowline api-keys create";

/// A connection to a server's API for tenants.
pub struct TenantClient {
    http: reqwest::Client,
    server: ServerUrl,
    key: SecretString,
    calls: CallLog,
}

/// An open stream.
#[derive(Debug)]
pub struct TenantStream(Blocks);

/// One thing that a tenant's stream tells.
#[derive(Debug, Clone, PartialEq)]
pub enum TenantTold {
    /// An event.
    Event(Box<Message>),
    /// The stream is up to date; another one goes on after this id.
    Ready(Option<String>),
    /// Events may be missing here; why.
    Gap(String),
    /// The stream ends, for this reason in one word, such as `key_ended`.
    End(String),
    /// No event of the tenant; the server is there.
    Nothing,
}

/// An event, as a webhook carries it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id, which is the message's `webhook-id` as well.
    pub id: String,
    /// The event's type, such as `account.linked`.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The id of what it is about, such as an account.
    pub subject: Option<String>,
    /// The body of the webhook, byte for byte.
    pub body: String,
}

/// The parts of a body that are read here.
#[derive(Deserialize)]
struct MessageBody {
    #[serde(rename = "type")]
    kind: String,
    id: EventId,
    timestamp: DateTime<Utc>,
    #[serde(default)]
    data: Value,
}

/// The data of what is no event.
#[derive(Deserialize)]
struct Remark {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    detail: String,
}

impl TenantClient {
    /// Creates a client without sending anything.
    pub fn new(server: ServerUrl, key: SecretString) -> Result<Self, Failure> {
        let http = tls::http_client(server.is_https())?;
        Ok(Self { http, server, key, calls: CallLog::default() })
    }

    /// Writes each call that ends into this file as well.
    #[must_use]
    pub fn logged(mut self, file: Option<Arc<LogFile>>) -> Self {
        self.calls.file = file;
        self
    }

    /// `GET /v1/events`: follows events, after the one with the id `after` or from now on.
    ///
    /// # Errors
    /// `Unauthorised` if the key is not accepted, `Forbidden` if it lacks the permission.
    pub async fn follow(&self, after: Option<&str>) -> Result<TenantStream, Failure> {
        let url = self.server.tenant_route("/events");
        let mut request = self.http.get(&url).bearer_auth(self.key.expose_secret()).timeout(LONGEST);
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let began = Instant::now();
        let answer = request.send().await;
        let header = answer.as_ref().ok().and_then(|answer| answer.headers().get(REQUEST_ID));
        self.calls.add(CallEntry {
            method: Method::GET,
            url,
            status: answer.as_ref().ok().map(|answer| answer.status().as_u16()),
            took: began.elapsed(),
            request_id: header.and_then(|id| id.to_str().ok()).map(ToOwned::to_owned),
        });
        let response = answer.map_err(|e| unreachable_because(&e))?;
        if response.status() == StatusCode::OK {
            return Ok(TenantStream(Blocks::of(response)));
        }
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        Err(stream_failure(status, retry_after, &body(response).await?))
    }
}

fn stream_failure(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let problem = serde_json::from_slice::<Problem>(body).ok();
    match (Failure::from_answer(status, retry_after, body), problem) {
        (Failure::Forbidden(_), Some(problem)) if problem.code == "insufficient_scope" => {
            Failure::Forbidden(format!("this API key may not follow events: {NEEDED_PERMISSION}"))
        }
        (Failure::NotFound(_), _) => {
            let text = "there is no /v1/events at this address: it is the one that your app calls, not the operators'";
            Failure::NotFound(text.to_owned())
        }
        (failure, _) => failure,
    }
}

impl TenantStream {
    /// What the server tells next.
    ///
    /// # Errors
    /// `Unreachable` if the connection ends or is silent for too long; another stream goes on after the last id.
    pub async fn next(&mut self) -> Result<TenantTold, Failure> {
        let block = self.0.next().await?;
        Ok(match &*block.kind {
            "event" => TenantTold::Event(Box::new(Message::read(&block)?)),
            "ready" => TenantTold::Ready(block.id),
            "gap" => TenantTold::Gap(block.parsed::<Remark>()?.detail),
            "end" => TenantTold::End(block.parsed::<Remark>()?.reason),
            // A newer server may say more.
            _ => TenantTold::Nothing,
        })
    }
}

impl Message {
    fn read(block: &Block) -> Result<Self, Failure> {
        let MessageBody { kind, id, timestamp, data } = block.parsed()?;
        let noun = match kind.split('.').next().unwrap_or_default() {
            "endpoint" => "webhook_endpoint",
            noun => noun,
        };
        let subject = data.get(format!("{noun}_id")).and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(Self { id: id.to_string(), kind, at: timestamp, subject, body: block.data.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_about_what_its_type_names() {
        let read = |kind: &str| {
            let data = r#"{"link_session_id":"ls_1","account_id":"acct_1","webhook_endpoint_id":"whe_1"}"#;
            let data = format!(
                r#"{{"type":"{kind}","id":"evt_01h455vb4pex5vsknk084sn02q","timestamp":"2026-11-30T12:00:00.000001Z","data":{data}}}"#
            );
            let block = Block { kind: "event".to_owned(), id: None, data };
            Message::read(&block).unwrap().subject.unwrap_or_default()
        };
        assert_eq!(
            ["link_session.completed", "account.linked", "endpoint.test"].map(read),
            ["ls_1", "acct_1", "whe_1"]
        );
        assert_eq!(read("weather.changed"), "");
    }

    #[test]
    fn a_key_that_lacks_the_permission_is_told_which_one() {
        let problem = |code: &str| {
            format!(
                r#"{{"type":"t","title":"t","status":403,"code":"{code}","detail":"d","request_id":"r"}}"#
            )
        };
        let said = |code| stream_failure(403, None, problem(code).as_bytes()).to_string();
        assert!(said("insufficient_scope").contains("permission webhooks"));
        assert_eq!(said("tenant_frozen"), "not allowed: d");
        assert!(stream_failure(404, None, b"").to_string().contains("/v1/events"));
    }
}
