//! The stream of events.

use std::time::Duration;

use bowline_api::admin::AuditEvent;
use reqwest::{Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::connection::unreachable_because;
use super::{Client, Failure, TenantRef};

/// How long a stream may say nothing. The server sends a sign of life every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// How long a stream may last.
const LONGEST: Duration = Duration::from_hours(24 * 365);
/// The maximum length of what belongs together, in bytes.
const MAX_BLOCK: usize = 1 << 20;

/// Which events are followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventSearch {
    /// Only the log of this tenant; all logs within reach if none.
    pub tenant: Option<TenantRef>,
    /// Only this action, or all with this first part.
    pub action: Option<String>,
    /// Only events about this id.
    pub subject: Option<String>,
}

/// One thing that the server tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An event.
    Event(Box<AuditEvent>),
    /// The stream is up to date.
    Ready,
    /// Events may be missing here; why.
    Gap(String),
    /// The stream ends.
    End {
        /// The reason in one word, such as `session_ended`.
        reason: String,
        /// What to do.
        detail: String,
    },
    /// Nothing of interest; the server is there.
    Nothing,
}

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    unread: Vec<u8>,
    last: Option<String>,
}

/// The data of what is no event.
#[derive(Deserialize)]
struct Remark {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    detail: String,
}

impl Client {
    /// `GET /events`: follows events, after the one with the id `after` or from now on.
    pub async fn follow(&self, search: &EventSearch, after: Option<&str>) -> Result<EventStream, Failure> {
        let mut query = Vec::new();
        if let Some(tenant) = &search.tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        query.extend(search.action.clone().map(|action| ("action", action)));
        query.extend(search.subject.clone().map(|subject| ("subject", subject)));
        query.extend(after.map(|after| ("after", after.to_owned())));
        let request = self.request(Method::GET, "/events")?.query(&query).timeout(LONGEST);
        let response = self.stream(request).await?;
        Ok(EventStream { response, unread: Vec::new(), last: after.map(ToOwned::to_owned) })
    }
}

impl EventStream {
    /// The id after which a new stream goes on.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// What the server tells next.
    ///
    /// # Errors
    /// `Unreachable` if the connection ends or is silent for too long; a new stream goes on after [`Self::last`].
    pub async fn next(&mut self) -> Result<Told, Failure> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                return self.read(&String::from_utf8_lossy(&block));
            }
            if self.unread.len() > MAX_BLOCK {
                return Err(Failure::Malformed("an event is too long".to_owned()));
            }
            let chunk = timeout(SILENCE, self.response.chunk()).await;
            let chunk = chunk.map_err(|_| Failure::Unreachable("the stream is silent".to_owned()))?;
            match chunk.map_err(|e| unreachable_because(&e))? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => return Err(Failure::Unreachable("the stream has ended".to_owned())),
            }
        }
    }

    fn read(&mut self, block: &str) -> Result<Told, Failure> {
        let (kind, id, data) = fields(block);
        let told = match kind {
            "audit" => Told::Event(parsed(&data)?),
            "ready" => Told::Ready,
            "gap" => Told::Gap(parsed::<Remark>(&data)?.detail),
            "end" => {
                let Remark { reason, detail } = parsed(&data)?;
                Told::End { reason, detail }
            }
            // A newer server may say more.
            _ => Told::Nothing,
        };
        if let Some(id) = id {
            self.last = Some(id.to_owned());
        }
        Ok(told)
    }
}

/// The type, the id and the data of a block (WHATWG HTML, 9.2.6).
fn fields(block: &str) -> (&str, Option<&str>, String) {
    let (mut kind, mut id, mut data) = ("", None, Vec::new());
    for line in block.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => kind = value,
            "id" => id = Some(value),
            "data" => data.push(value),
            _ => {}
        }
    }
    (kind, id, data.join("\n"))
}

fn parsed<T: DeserializeOwned>(data: &str) -> Result<T, Failure> {
    serde_json::from_str(data).map_err(|e| Failure::Malformed(format!("an event at column {}", e.column())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_and_without_a_space_and_comments_are_left_out() {
        assert_eq!(fields(":\n\n"), ("", None, String::new()));
        assert_eq!(fields("id:evt_1\n\n"), ("", Some("evt_1"), String::new()));
        let block = "event: audit\nid: evt_2\nretry:2000\ndata:{\"a\":\ndata:1}\n\n";
        assert_eq!(fields(block), ("audit", Some("evt_2"), "{\"a\":\n1}".to_owned()));
    }
}
