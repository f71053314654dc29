//! Link sessions. [`Bowline::begin`](crate::Bowline::begin) and [`Bowline::finish`](crate::Bowline::finish) are the short way.

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::{Account, CompleteLinkSession, CreateLinkSession, LinkSession, NewLinkSession};
use bowline_api::{LinkSessionId, Page};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Calls, Error};

/// Which link sessions are listed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LinkSessionsQuery {
    /// Only those of this user, by your own name of them.
    pub external_user_id: Option<String>,
    /// Only those with this status.
    pub status: Option<LinkSessionStatus>,
    /// Only those that were created at this time or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Only those that were created before this time.
    pub created_before: Option<DateTime<Utc>>,
    /// Where the page begins: `next` or `prev` of another one.
    pub cursor: Option<String>,
    /// How many there are on a page.
    pub limit: Option<u32>,
}

/// How long a call waits for a change.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Wait {
    /// At most so many seconds, up to 30.
    pub wait: Option<u32>,
    /// The status that you know, so that no change is missed between two calls.
    pub known_status: Option<LinkSessionStatus>,
}

impl Calls {
    /// Your link sessions, the newest first.
    pub async fn link_sessions_list(&self, query: &LinkSessionsQuery) -> Result<Page<LinkSession>, Error> {
        self.answer(self.get("/v1/link-sessions").query(query)).await
    }

    /// Creates a link session.
    pub async fn link_sessions_create(&self, body: &CreateLinkSession) -> Result<NewLinkSession, Error> {
        self.answer(self.post("/v1/link-sessions").json(body)).await
    }

    /// How a link session stands.
    pub async fn link_sessions_show(&self, id: LinkSessionId, query: &Wait) -> Result<LinkSession, Error> {
        self.answer(self.get(format!("/v1/link-sessions/{id}")).query(query)).await
    }

    /// Ends a link session that the user should not continue.
    pub async fn link_sessions_cancel(&self, id: LinkSessionId) -> Result<LinkSession, Error> {
        self.answer(self.post(format!("/v1/link-sessions/{id}/cancel"))).await
    }

    /// Completes a link session whose user has approved.
    pub async fn link_sessions_complete(
        &self,
        id: LinkSessionId,
        body: &CompleteLinkSession,
    ) -> Result<Account, Error> {
        self.answer(self.post(format!("/v1/link-sessions/{id}/complete")).json(body)).await
    }
}
