//! The stream of events.

use bowline_api::admin::AuditEvent;
use reqwest::Method;
use serde::Deserialize;

use super::sse::{Blocks, LONGEST};
use super::{Client, Failure, TenantRef};

/// Which events are followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventSearch {
    /// Only the log of this tenant; all logs within reach if none.
    pub tenant: Option<TenantRef>,
    /// Only events with this action, or all with this first part.
    pub action: Option<String>,
    /// Only events about this id.
    pub subject: Option<String>,
}

/// One thing that the stream of events tells.
#[derive(Debug, Clone, PartialEq)]
pub enum EventTold {
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
    /// No event; the server is there.
    Nothing,
}

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    blocks: Blocks,
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
        let blocks = Blocks::of(self.stream(request).await?);
        Ok(EventStream { blocks, last: after.map(ToOwned::to_owned) })
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
    pub async fn next(&mut self) -> Result<EventTold, Failure> {
        let block = self.blocks.next().await?;
        let told = match &*block.kind {
            "audit" => EventTold::Event(block.parsed()?),
            "ready" => EventTold::Ready,
            "gap" => EventTold::Gap(block.parsed::<Remark>()?.detail),
            "end" => {
                let Remark { reason, detail } = block.parsed()?;
                EventTold::End { reason, detail }
            }
            // A newer server may say more.
            _ => EventTold::Nothing,
        };
        if block.id.is_some() {
            self.last = block.id;
        }
        Ok(told)
    }
}
