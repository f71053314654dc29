//! One account in view, with what happened to it.

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountState, AuditEvent};
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
    stale: bool,
}

impl AccountView {
    /// A view that knows nothing but the id yet.
    pub fn new(id: AccountId) -> Self {
        Self { id, feed: Feed::default(), detail: None, timeline: List::default(), scroll: 0, stale: false }
    }

    /// Whether the account itself must be fetched: it never was, or what is known of it is out of date.
    pub fn is_stale(&self) -> bool {
        self.stale || self.detail.is_none()
    }

    /// Takes the account as the server has just shown it.
    pub fn take(&mut self, detail: AccountDetail) {
        self.detail = Some(detail);
        self.stale = false;
    }

    /// Takes how far the account is. Where it has another status than it had, more about it has changed.
    pub fn take_state(&mut self, state: AccountState) {
        let Some(detail) = &mut self.detail else { return };
        let account = &mut detail.summary.account;
        self.stale = account.status != state.status;
        (account.status, account.status_reason) = (state.status, state.status_reason);
        detail.revocation = state.revocation;
    }

    /// When to look again by itself: soon, while a revocation is under way and the server answers.
    pub fn look_again_at(&self) -> Option<DateTime<Utc>> {
        let detail = self.detail.as_ref()?;
        let revoking = detail.summary.account.status == AccountStatus::Revoking;
        let idle = revoking && !self.feed.is_loading() && self.feed.trouble.is_none();
        self.feed.as_of.filter(|_| idle).map(|at| at + TimeDelta::seconds(LOOK_AGAIN_SECONDS))
    }
}
