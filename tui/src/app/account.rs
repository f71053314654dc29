//! One account in view, with what happened to it.

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AuditEvent};
use bowline_api::status::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};

use super::feed::Feed;
use super::list::List;

/// Seconds between looks at an account that is being revoked.
const LOOK_AGAIN_SECONDS: i64 = 2;

/// The account screen.
#[derive(Debug)]
pub struct AccountView {
    /// Which account.
    pub id: AccountId,
    /// The state of fetching it.
    pub feed: Feed,
    /// What is known of it.
    pub detail: Option<AccountDetail>,
    /// What happened to it, newest first.
    pub timeline: List<AuditEvent>,
    /// Lines scrolled down where the facts do not fit.
    pub scroll: u16,
}

impl AccountView {
    /// A view that knows nothing but the id yet.
    pub fn new(id: AccountId) -> Self {
        Self { id, feed: Feed::default(), detail: None, timeline: List::default(), scroll: 0 }
    }

    /// When to look again by itself: soon, while a revocation is under way and the server answers.
    pub fn look_again_at(&self) -> Option<DateTime<Utc>> {
        let detail = self.detail.as_ref()?;
        let revoking = detail.summary.account.status == AccountStatus::Revoking;
        let idle = revoking && !self.feed.is_loading() && self.feed.trouble.is_none();
        self.feed.as_of.filter(|_| idle).map(|at| at + TimeDelta::seconds(LOOK_AGAIN_SECONDS))
    }
}
