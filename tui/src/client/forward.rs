//! Passes events on to an app on a developer's machine, as the server would send them.

use std::time::Duration;

use bowline_webhook_signature::Signer;
use chrono::{DateTime, Utc};
use reqwest::header::CONTENT_TYPE;
use url::Url;

use super::address::is_loopback;
use super::connection::cause;
use super::{Failure, Message, tls};

/// How long the app may take, as long as an endpoint of a webhook may.
const FORWARD_PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes.
const MAX_APP_ANSWER: usize = 64 * 1024;

/// Where events are passed on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardTarget(Url);

impl ForwardTarget {
    /// Accepts `http` and `https` on this machine; with `allow_remote` `https` on other machines as well, and with `insecure` `http`.
    ///
    /// # Errors
    /// `Refused`, with the reason.
    pub fn parse(text: &str, allow_remote: bool, insecure: bool) -> Result<Self, Failure> {
        let refuse = |why: &str| Err(Failure::Refused(format!("the address to forward to: {why}")));
        let Ok(url) = Url::parse(text.trim()) else {
            return refuse("not a URL such as http://localhost:5000/hooks");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("only http and https are supported, such as http://localhost:5000/hooks");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("user names and passwords are not allowed in the URL");
        }
        let is_remote = !is_loopback(&url);
        if is_remote && !allow_remote {
            return refuse(
                "it is on another machine, and events name users and their accounts; if that machine is meant to get them, say --allow-remote",
            );
        }
        if is_remote && url.scheme() == "http" && !insecure {
            return refuse(
                "plain http to another machine shows the events to the network; use https, or --insecure-http if you must",
            );
        }
        Ok(Self(url))
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Why the app has given no answer to a forwarded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotForwarded {
    /// Nobody listens there, or the connection broke before an answer; why.
    NobodyThere(String),
    /// The app gave no answer within ten seconds.
    Timeout,
}

/// Passes events on.
pub struct Forwarder {
    http: reqwest::Client,
    target: ForwardTarget,
    signer: Signer,
}

impl Forwarder {
    /// One that sends to `target` what `signer` signs.
    pub fn new(target: ForwardTarget, signer: Signer) -> Result<Self, Failure> {
        let http = tls::http_client(target.0.scheme() == "https")?;
        Ok(Self { http, target, signer })
    }

    /// Where it sends to.
    pub fn target(&self) -> &str {
        self.target.as_str()
    }

    /// Sends an event once, at the time `now`, and returns the status of the answer.
    ///
    /// # Errors
    /// [`NotForwarded`] if there is no answer.
    pub async fn forward(&self, message: &Message, now: DateTime<Utc>) -> Result<u16, NotForwarded> {
        let signed = self.signer.sign(&message.id, now.timestamp(), message.body.as_bytes());
        let request = self
            .http
            .post(self.target.0.clone())
            .timeout(FORWARD_PATIENCE)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", signed.timestamp)
            .header("webhook-signature", signed.signature)
            .body(message.body.clone());
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_timeout() && !error.is_connect() => return Err(NotForwarded::Timeout),
            Err(error) => return Err(NotForwarded::NobodyThere(cause(&error))),
        };
        // What is read lets the connection be used again; the status has decided the outcome before.
        let mut read = 0;
        while read < MAX_APP_ANSWER
            && let Ok(Some(chunk)) = response.chunk().await
        {
            read += chunk.len();
        }
        Ok(response.status().as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_stay_on_this_machine_unless_said_otherwise() {
        let parse = |text, allow_remote, insecure| ForwardTarget::parse(text, allow_remote, insecure).is_ok();
        for here in ["http://localhost:5000/hooks", "http://127.0.0.1/", "https://[::1]:1/x?y=z"] {
            assert!(parse(here, false, false), "{here}");
        }
        for far in
            ["https://app.example/", "http://10.0.0.1/", "http://localhost.evil.example/", "http://0.0.0.0/"]
        {
            assert!(!parse(far, false, true), "{far}");
        }
        assert!(parse("https://app.example/", true, false));
        assert!(!parse("http://app.example/", true, false) && parse("http://app.example/", true, true));
        for bad in ["ftp://localhost/", "localhost:5000", "http://u:p@localhost/", ""] {
            assert!(!parse(bad, true, true), "{bad}");
        }
    }
}
