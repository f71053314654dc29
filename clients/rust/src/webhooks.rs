//! Messages of Standard Webhooks: verified by the official crate, and read.

use std::fmt;
use std::sync::Arc;

use bowline_api::v1::TenantEvent;
use bowline_api::{AccountId, EventId, Named};
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use standardwebhooks::Webhook;

/// Verifies the messages for one endpoint.
#[derive(Clone)]
pub struct Webhooks(Arc<Webhook>);

/// Text that is not the secret of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of an endpoint is whsec_ and Base64, as Bowline showed it when the endpoint was created")]
pub struct BadSecret;

/// The message is not from Bowline, was altered, or is more than five minutes old: answer with 400.
#[derive(Debug, thiserror::Error)]
#[error("the message cannot be trusted")]
pub struct InvalidMessage(#[source] Box<dyn std::error::Error + Send + Sync>);

/// What happened. The same event can come twice, with the same `id`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Event {
    /// `evt_…`: keep the ids of what you have handled.
    pub id: EventId,
    /// Such as `account.needs_reauth`.
    #[serde(rename = "type")]
    pub kind: Named<TenantEvent>,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Ids, status and reason: see the tenant guide.
    #[serde(default)]
    pub data: Map<String, Value>,
}

impl Webhooks {
    /// For an endpoint with this `secret` (`whsec_…`). While two secrets overlap, either will do.
    pub fn new(secret: &str) -> Result<Self, BadSecret> {
        let is_ours = secret.len() > "whsec_".len() && secret.starts_with("whsec_");
        let webhook = Webhook::new(secret).ok().filter(|_| is_ours).ok_or(BadSecret)?;
        Ok(Self(Arc::new(webhook)))
    }

    /// The event in a message. `body` is the request's body as it came, before anything has parsed it.
    pub fn verify(&self, body: impl AsRef<[u8]>, headers: &HeaderMap) -> Result<Event, InvalidMessage> {
        let body = body.as_ref();
        self.0.verify(body, headers).map_err(|error| InvalidMessage(error.into()))?;
        serde_json::from_slice(body).map_err(|error| InvalidMessage(error.into()))
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhooks(…)")
    }
}

impl Event {
    /// Your own name for the user, if the event is about a link or an account.
    pub fn user(&self) -> Option<&str> {
        self.text("external_user_id")
    }

    /// The account, if there is one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.text("account_id")?.parse().ok()
    }

    /// Why it happened, if there is more than one reason.
    pub fn reason(&self) -> Option<&str> {
        self.text("reason")
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name).and_then(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use serde_json::json;

    use super::*;

    const SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER: &str = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const ID: &str = "evt_01h45ytscbebyvny4gc8cr8ma2";

    #[expect(clippy::disallowed_methods, reason = "messages are valid for some minutes")]
    fn now() -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(since.as_secs()).unwrap()
    }

    fn body(kind: &str) -> String {
        json!({
            "type": kind, "id": ID, "timestamp": "2026-11-30T12:00:00.000000Z",
            "data": {
                "account_id": "acct_01h455vb4pex5vsknk084sn02q", "external_user_id": "ada", "reason": "expired", "number": 7,
            },
        })
        .to_string()
    }

    fn signed(secret: &str, at: i64, body: &str) -> String {
        Webhook::new(secret).unwrap().sign(ID, at, body.as_bytes()).unwrap()
    }

    fn headers(at: i64, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", ID.parse().unwrap());
        headers.insert("webhook-timestamp", at.to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn a_signed_message_is_read() {
        let (webhooks, body, at) = (Webhooks::new(SECRET).unwrap(), body("account.needs_reauth"), now());
        let event = webhooks.verify(&body, &headers(at, &signed(SECRET, at, &body))).unwrap();
        assert_eq!((event.id.to_string().as_str(), event.kind), (ID, TenantEvent::AccountNeedsReauth.into()));
        assert_eq!((event.user(), event.reason()), (Some("ada"), Some("expired")));
        assert_eq!(event.account_id().unwrap().to_string(), "acct_01h455vb4pex5vsknk084sn02q");
        // While secrets overlap, messages have a signature of each.
        let both = format!("{} {}", signed(OTHER, at, &body), signed(SECRET, at, &body));
        webhooks.verify(&body, &headers(at, &both)).unwrap();
        assert!(!format!("{webhooks:?}").contains("AAAA"));
    }

    #[test]
    fn a_type_of_a_newer_server_is_read_as_the_word_that_it_is() {
        let (body, at) = (body("account.hibernated"), now());
        let event = Webhooks::new(SECRET).unwrap().verify(&body, &headers(at, &signed(SECRET, at, &body)));
        assert_eq!(event.unwrap().kind.as_str(), "account.hibernated");
    }

    #[test]
    fn what_is_not_signed_is_not_believed() {
        let (webhooks, body, at) = (Webhooks::new(SECRET).unwrap(), body("account.needs_reauth"), now());
        let good = signed(SECRET, at, &body);
        let refused = |body: &str, headers: &HeaderMap| assert!(webhooks.verify(body, headers).is_err());
        refused(&format!("{body} "), &headers(at, &good));
        refused(&body, &headers(at + 1, &good));
        refused(&body, &headers(at, &signed(OTHER, at, &body)));
        // Neither nothing nor the beginning of a signature is one.
        for signature in ["", "v1", "v1,", &good[..good.len() - 1], &good[..4], &good.replace("v1", "v2")] {
            refused(&body, &headers(at, signature));
        }
        for old in [at - 301, at + 310] {
            refused(&body, &headers(old, &signed(SECRET, old, &body)));
        }
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let mut without = headers(at, &good);
            without.remove(name);
            refused(&body, &without);
        }
        refused("[]", &headers(at, &signed(SECRET, at, "[]")));
    }

    #[test]
    fn a_wrong_secret_is_told_at_once() {
        for wrong in ["", "whsec_", "whsec_!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Webhooks::new(wrong).unwrap_err(), BadSecret, "{wrong}");
        }
    }
}
